"""The one configuration: `copydesk.toml`, over it the environment (`COPYDESK_...`), over it a command's flags."""

from __future__ import annotations

import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from storage.errors import ConfigError

FILE_NAME = "copydesk.toml"

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def span(text: object) -> timedelta:
    """The time that `30m`, `2h` or `1d` means.  Raises ValueError for anything else."""
    if isinstance(text, timedelta):
        return text
    if not isinstance(text, str) or not (found := re.fullmatch(r"([1-9][0-9]{0,4})([mhd])", text)):
        raise ValueError(f"{text!r} is not a time such as 30m, 2h or 1d")
    return int(found[1]) * _UNITS[found[2]]


def proxy_address(text: object) -> str:
    """The address of a proxy.  Raises ValueError for what is none that can be used."""
    parts = urlsplit(text if isinstance(text, str) else "")
    if parts.scheme != "http" or not parts.hostname or "@" in parts.netloc or parts.path.strip("/") or parts.query:
        raise ValueError(f"{text!r} is no proxy: write http://host:port, without user and password")
    return f"http://{parts.hostname if ':' not in parts.hostname else f'[{parts.hostname}]'}:{parts.port or 80}"


OptOuts = Literal["keep", "export", "skip"]
Span = Annotated[timedelta, BeforeValidator(span)]
"""A time as users write it: `30m`, `2h`, `1d`."""
Proxy = Annotated[str, BeforeValidator(proxy_address)]


class Config(BaseSettings):
    """Everything that a user sets.

    Relative paths are relative to the file that has them; from the environment or a flag, to the current folder.

    `db` is the store; its raw pages stand beside it in `<stem>.raw.db`.  `contact` (a mail address or URL) goes into the
    user agent and is required beyond loopback.  `sources` are the ids that were chosen from the catalogue or from
    `source_files` (the user's own definitions, same form).  `min_geopolitics` (0-1): pages that score lower are stored as
    rejected; unset keeps everything.

    Of the crawl: `workers` are the processes that clean (unset: one for each processor core; 0: none of their own).
    `min_interval` and `max_interval` bound how often a feed is asked by `crawl --due`; a source's own `interval` takes the
    place of the first.  `look_again` are the ages at which a newly published article is fetched again.  `max_run_time` is when
    a run is stopped; the next goes on from there.

    `proxy` (http://host:port) is the way out of every request; it looks names up, we do not: see docs/crawling.md.

    `opt_outs` is what becomes of pages that reserve text and data mining, or say `noai` or `noindex`: `keep` stores them and
    leaves them out of dataset exports, `export` has them there, too, `skip` does not store them.

    `copydesk forget --expired`, and once a day `copydesk schedule`, remove raw pages that were kept for longer than `keep_raw`,
    and rejected pages that were not seen for longer than `keep_rejected`; unset keeps them for ever.
    """

    model_config = SettingsConfigDict(env_prefix="COPYDESK_", extra="forbid", frozen=True)

    db: Path = Path("news.db")
    contact: str | None = None
    sources: tuple[str, ...] = ()
    source_files: tuple[Path, ...] = ()
    min_geopolitics: float | None = Field(default=None, ge=0, le=1)
    max_pages_per_source: int | None = Field(default=None, ge=1, description="pages a source may fetch in one run")
    workers: int | None = Field(default=None, ge=0, le=64)
    min_interval: Span = timedelta(minutes=10)
    max_interval: Span = timedelta(days=1)
    look_again: tuple[Span, ...] = (timedelta(hours=6), timedelta(days=3))
    max_run_time: Span = timedelta(hours=6)
    proxy: Proxy | None = None
    opt_outs: OptOuts = "keep"
    keep_raw: Span | None = None
    keep_rejected: Span | None = None

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
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
        elsewhere = given.keys() | EnvSettingsSource(Config)().keys()
        config = FileConfig(**given)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(file, None, f"not valid TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(file, None, "not a text file in UTF-8") from error
    except OSError as error:
        raise ConfigError(file, None, error.strerror or "cannot be read") from error
    except SettingsError as error:
        raise ConfigError("the environment (COPYDESK_...)", None, f"{error}; write lists as JSON") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        where = "the environment or a flag" if first["loc"] and first["loc"][0] in elsewhere else file
        reason = "there is no such setting" if first["type"] == "extra_forbidden" else first["msg"]
        raise ConfigError(where, key, reason) from error
    if file is None:
        return config
    base = file.resolve().parent  # `base / path` is `path` where that is absolute
    found: dict[str, Any] = {"db": base / config.db, "source_files": tuple(base / path for path in config.source_files)}
    return config.model_copy(update={name: value for name, value in found.items() if name not in elsewhere})
