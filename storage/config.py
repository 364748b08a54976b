"""The one configuration: `copydesk.toml`, over it the environment (`COPYDESK_...`), over it a command's flags."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from storage.errors import ConfigError

FILE_NAME = "copydesk.toml"


class Config(BaseSettings):
    """Everything that a user sets.  Relative paths in a file are relative to that file.

    `db` is the store; its raw pages stand beside it in `<stem>.raw.db`.  `contact` (a mail address or URL) goes into the
    user agent and is required beyond loopback.  `sources` are the ids that were chosen from the catalogue or from
    `source_files` (the user's own definitions, same form).  `min_geopolitics` (0-1): pages that score lower are stored as
    rejected; unset keeps everything.
    """

    model_config = SettingsConfigDict(env_prefix="COPYDESK_", extra="forbid", frozen=True)

    db: Path = Path("news.db")
    contact: str | None = None
    sources: tuple[str, ...] = ()
    source_files: tuple[Path, ...] = ()
    min_geopolitics: float | None = Field(default=None, ge=0, le=1)
    max_pages_per_source: int | None = Field(default=None, ge=1, description="pages a source may fetch in one run; unset: no limit")

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags over environment over file; no .env files, no secret folders."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def find_config(start: Path | None = None) -> Path | None:
    """The nearest `copydesk.toml` from `start` (default: the current folder) upward, or None."""
    folder = (start or Path.cwd()).resolve()
    return next((f / FILE_NAME for f in (folder, *folder.parents) if (f / FILE_NAME).is_file()), None)


def load_config(path: Path | None = None, **flags: Any) -> Config:
    """The configuration in force.  `path` names the file; without it the nearest one upward, if any.

    `flags` that are None count as not given.  Raises ConfigError with the file and key that is wrong.
    """
    if path is not None and not path.is_file():
        raise ConfigError(path, None, "there is no such configuration file")
    file = path or find_config()
    given = {name: value for name, value in flags.items() if value is not None}

    class FileConfig(Config):
        model_config = SettingsConfigDict(toml_file=file)

    try:
        config = FileConfig(**given)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(file, None, f"not valid TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(file, ".".join(map(str, first["loc"])), first["msg"]) from error
    if file is None:
        return config
    base = file.resolve().parent
    db = config.db if "db" in given or config.db.is_absolute() else base / config.db
    return config.model_copy(update={"db": db, "source_files": tuple(base / f for f in config.source_files)})
