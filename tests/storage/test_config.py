"""Where a setting comes from, which one wins, and what a relative path is relative to."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.config import find_config, load_config
from storage.errors import ConfigError


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a copydesk.toml; the current folder is two below it."""
    (tmp_path / "copydesk.toml").write_text('db = "data/store.db"\ncontact = "desk@example.org"\nsource_files = ["own.toml"]\n')
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    for name in ("DB", "CONTACT", "SOURCES", "SOURCE_FILES", "MIN_GEOPOLITICS", "MAX_PAGES_PER_SOURCE"):
        monkeypatch.delenv(f"COPYDESK_{name}", raising=False)
    return tmp_path


def test_the_nearest_file_upward_is_found_and_its_paths_are_relative_to_it(project: Path) -> None:
    config = load_config()
    assert config.db == project / "data/store.db"
    assert config.source_files == (project / "own.toml",)
    assert config.contact == "desk@example.org"
    (project / "a" / "copydesk.toml").write_text("")
    assert find_config() == project / "a" / "copydesk.toml"
    assert load_config().db == project / "a" / "news.db"


def test_without_a_file_the_defaults_hold_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("storage.config.find_config", lambda: None)
    assert load_config().db == Path("news.db")


def test_the_environment_wins_over_the_file_and_a_flag_over_both(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_CONTACT", "env@example.org")
    monkeypatch.setenv("COPYDESK_SOURCES", '["one", "two"]')
    config = load_config()
    assert (config.contact, config.sources) == ("env@example.org", ("one", "two"))
    assert load_config(contact="flag@example.org", sources=None).contact == "flag@example.org"


def test_a_path_of_the_environment_or_a_flag_is_relative_to_the_current_folder(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_config(db=Path("flag.db")).db.resolve() == project / "a/b/flag.db"
    monkeypatch.setenv("COPYDESK_DB", "env.db")
    monkeypatch.setenv("COPYDESK_SOURCE_FILES", '["env.toml"]')
    config = load_config()
    assert config.db.resolve() == project / "a/b/env.db"
    assert [path.resolve() for path in config.source_files] == [project / "a/b/env.toml"]
    assert load_config(db=Path("flag.db")).db.resolve() == project / "a/b/flag.db"


def test_an_absolute_path_stays(project: Path, tmp_path: Path) -> None:
    (project / "copydesk.toml").write_text(f'db = "{tmp_path.as_posix()}/elsewhere/x.db"')
    assert load_config().db == tmp_path / "elsewhere/x.db"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'bd = "news.db"', "bd: there is no such setting"),
        (b"min_geopolitics = 7", "min_geopolitics: "),
        (b'max_pages_per_source = "many"', "max_pages_per_source: "),
        (b"db = ", "not valid TOML"),
        (b'db = "\xff"', "not a text file in UTF-8"),
    ],
)
def test_a_fault_names_the_file_and_the_key(project: Path, content: bytes, says: str) -> None:
    file = project / "copydesk.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as wrong:
        load_config()
    assert str(wrong.value).startswith(f"{file}: {says}")


@pytest.mark.parametrize(("name", "value"), [("SOURCES", "one,two"), ("MIN_GEOPOLITICS", "high")])
def test_a_fault_of_the_environment_is_not_blamed_on_the_file(
    project: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"COPYDESK_{name}", value)
    with pytest.raises(ConfigError, match="environment") as wrong:
        load_config()
    assert "copydesk.toml" not in str(wrong.value)


def test_a_file_that_is_named_must_be_there(project: Path) -> None:
    with pytest.raises(ConfigError, match="no such configuration file"):
        load_config(project / "other.toml")
