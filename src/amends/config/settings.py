"""Settings: read once from the environment, refused loudly, each with a line of explanation."""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, get_type_hints
from urllib.parse import urlsplit

from amends.terms import BadInput

PREFIX: Final = "AMENDS_"


def _setting(default: Any, doc: str) -> Any:
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can set. Each is ``AMENDS_<NAME>``; with ``_FILE`` it is read from
    the file of that name instead (for secrets)."""

    home: Path = _setting(Path("var"), "Folder that holds everything the desk keeps.")
    database_url: str = _setting(
        "", "postgresql://… for PostgreSQL. Empty: the SQLite file desk.sqlite3 in the home folder."
    )
    host: str = _setting("127.0.0.1", "Address the pages are served on.")
    port: int = _setting(8000, "Port the pages are served on.")
    url: str = _setting("", "Address people reach the desk at. Empty: made of host and port.")
    public_url: str = _setting(
        "",
        "Address customers reach their private page at. Empty: the same as people reach the desk at.",
    )
    hosts: tuple[str, ...] = _setting(
        (), "Further host names the desk answers to, separated by commas."
    )
    demo: bool = _setting(True, "Run the demo network and its brand, until a real brand is set up.")
    demo_seed: int = _setting(7, "Seed of the demo network's cast.")
    allow_hosts: tuple[str, ...] = _setting(
        (), "Private addresses that outgoing requests may reach: host, host:port or 10.0.0.0/8."
    )
    secret_key: str = _setting("", "Signs sessions. Empty: made once and kept in the home folder.")
    log_level: str = _setting("INFO", "DEBUG, INFO, WARNING or ERROR.")
    reader: str = _setting(
        "",
        "Folder of another reader, or of a text classifier; see docs/models. Empty: the shipped one.",
    )
    reader_depth: str = _setting(
        "unsure", "Which posts the deep tier reads too: none, unsure (a quarter to half) or all."
    )
    letter_font: str = _setting(
        "",
        "TrueType file in which letters are set. Empty: the shipped one, for Latin, Greek and Cyrillic.",
    )
    email: str = _setting("admin@localhost", "E-mail address of the first administrator.")
    x_read_price: float = _setting(
        0.005, "What X charges for a post read, in dollars: the set-up page estimates with it."
    )
    nats: tuple[str, ...] = _setting(
        (), "Brokers of a cluster, nats://host:port with commas between them; see operations."
    )
    nats_partitions: int = _setting(4, "Into how many partitions the brokers part the frames.")
    nats_replicas: int = _setting(3, "How many brokers keep each frame: 1, 3 or 5.")
    nats_ack_wait: int = _setting(
        30, "Seconds after which the frames of a worker that is silent go to another."
    )
    nats_gigabytes: int = _setting(16, "How many gigabytes of frames each broker may keep.")

    @property
    def address(self) -> str:
        host = "localhost" if self.host in {"127.0.0.1", "::1", "0.0.0.0", "::"} else self.host  # noqa: S104
        return self.url.rstrip("/") or f"http://{host}:{self.port}"

    @property
    def public_address(self) -> str:
        return self.public_url.rstrip("/") or self.address

    @property
    def secure(self) -> bool:
        return self.address.startswith("https://")


_NUMBER: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings. Raises ``BadInput`` naming the setting and the fix."""
    environ = os.environ if environ is None else environ
    _refuse_unknown(environ)
    types = get_type_hints(Settings)
    values = {}
    for one in fields(Settings):
        name = PREFIX + one.name.upper()
        raw = _raw(environ, name)
        if raw is not None:
            values[one.name] = _parse(name, raw, types[one.name])
    settings = Settings(**values)
    _check(settings)
    return settings


_NOT_SETTINGS: Final = frozenset(
    {"AMENDS_REQUIRE", "AMENDS_TEST_DATABASE", "AMENDS_KILLS", "AMENDS_EXAMPLES"}
)


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = {PREFIX + one.name.upper() for one in fields(Settings)}
    known |= {f"{name}_FILE" for name in known} | _NOT_SETTINGS
    for name in environ:
        if name.startswith(PREFIX) and name not in known:
            raise BadInput(f"{name} is no setting. See docs/settings.md for those there are.")


def _raw(environ: Mapping[str, str], name: str) -> str | None:
    path = environ.get(f"{name}_FILE")
    if path is None:
        return environ.get(name)
    if name in environ:
        raise BadInput(f"{name} and {name}_FILE are both set. Keep one of them.")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadInput(
            f"{name}_FILE names {path}, which cannot be read: {error.strerror}."
        ) from error


def _parse(name: str, raw: str, kind: Any) -> Any:
    if kind is bool:
        if raw.lower() not in _TRUE | _FALSE:
            raise BadInput(f"{name} is {raw!r}. Write yes or no.")
        return raw.lower() in _TRUE
    if kind is int:
        if not raw.isascii() or not raw.isdigit():
            raise BadInput(f"{name} is {raw!r}. Write a whole number.")
        return int(raw)
    if kind is float:
        if not _NUMBER.fullmatch(raw):
            raise BadInput(f"{name} is {raw!r}. Write a number, such as 0.005.")
        return float(raw)
    if kind is Path:
        return Path(raw).expanduser()
    if kind == tuple[str, ...]:
        return tuple(part.strip() for part in raw.split(",") if part.strip())
    return raw


def _check(settings: Settings) -> None:
    if not 0 < settings.port < 65536:
        raise BadInput(f"AMENDS_PORT is {settings.port}. Write a number from 1 to 65535.")
    if settings.reader_depth not in {"none", "unsure", "all"}:
        raise BadInput("AMENDS_READER_DEPTH must be none, unsure or all.")
    if settings.log_level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise BadInput("AMENDS_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.")
    if settings.database_url and urlsplit(settings.database_url).scheme not in {
        "postgresql",
        "postgres",
    }:
        raise BadInput("AMENDS_DATABASE_URL must begin with postgresql://, or be empty for SQLite.")
    for name, url in (("AMENDS_URL", settings.url), ("AMENDS_PUBLIC_URL", settings.public_url)):
        if url and urlsplit(url).scheme not in {"http", "https"}:
            raise BadInput(f"{name} must begin with http:// or https://.")
    for entry in settings.allow_hosts:
        if "/" in entry:
            try:
                ipaddress.ip_network(entry)
            except ValueError as error:
                raise BadInput(f"AMENDS_ALLOW_HOSTS: {entry!r} is no network. {error}.") from error
