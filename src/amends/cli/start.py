"""Before anything starts: can it? One sentence says what to do where it cannot."""

import errno
import fcntl
import os
import socket
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast
from urllib.parse import urlsplit

from amends.config.settings import Settings, load
from amends.terms import BadInput

if TYPE_CHECKING:
    from amends.understanding.reader import TieredReader
    from amends.understanding.tiers import Depth


def prepare() -> Settings:
    """Read the settings, check the home folder and set Django up. Raises ``BadInput``."""
    settings = load()
    check_settings(settings)
    os.umask(0o077)  # what the desk keeps is for its own user: posts, sessions, sealed secrets
    check_home(settings.home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.config.django_settings")
    import django

    django.setup()
    return settings


def chosen_reader() -> "TieredReader":
    """The reader in the folder that AMENDS_READER names; without it the shipped one. Raises
    ``BadInput`` where there is none."""
    from amends.understanding import load_reader

    settings = load()
    named = Path(settings.reader) if settings.reader else None
    return load_reader(named, depth=cast("Depth", settings.reader_depth))


def check_settings(settings: Settings) -> None:
    """Raise ``BadInput`` where a setting has the right form and still cannot be right."""
    if os.environ.get("AMENDS_HOME") == "":
        raise BadInput("AMENDS_HOME is empty. Name a folder, or leave it out for var.")
    if not _is_address(settings.address, host=True):
        raise BadInput(
            f"{settings.address} is no address people can reach."
            " Write AMENDS_URL as https://HOST or https://HOST:PORT."
        )
    if settings.database_url and not _is_address(settings.database_url, host=False):
        # It is not repeated, for it may hold a password.
        raise BadInput("AMENDS_DATABASE_URL is no address. Write postgresql://USER@HOST:PORT/NAME.")
    name, _, host = settings.email.strip().rpartition("@")
    if not (name and host) or len(settings.email.split()) != 1:
        raise BadInput(f"AMENDS_EMAIL is {settings.email!r}. Write an address with an @ in it.")


def _is_address(url: str, *, host: bool) -> bool:
    """Whether it can be taken apart, and names a ``host`` where one is needed."""
    try:
        parts = urlsplit(url)
        return parts.port != 0 and (bool(parts.hostname) or not host)
    except ValueError:
        return False


def check_home(home: Path) -> None:
    """Raise ``BadInput`` unless the folder can be made and written."""
    remedy = "Give this user write access to it, or name another folder in AMENDS_HOME."
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        raise BadInput(
            f"The folder {home} cannot be written ({error.strerror}). {remedy}"
        ) from error
    for name in ("desk.sqlite3", "secret.key", "vault.key"):
        path = home / name
        if path.exists() and not os.access(path, os.R_OK | os.W_OK):
            raise BadInput(f"The file {path} cannot be written. {remedy}")


_PORT_REMEDIES = {
    errno.EADDRINUSE: "Stop what holds it, or choose another with AMENDS_PORT.",
    errno.EACCES: "Choose one above 1023 with AMENDS_PORT.",
}


def take_port(host: str, port: int) -> socket.socket:
    """The listening socket. Raises ``BadInput`` where the port is taken or may not be used."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(2048)
    except OSError as error:
        made.close()
        remedy = _PORT_REMEDIES.get(error.errno or 0, "Correct AMENDS_HOST, or leave it out.")
        raise BadInput(
            f"Port {port} on {host} cannot be used ({error.strerror}). {remedy}"
        ) from error
    made.set_inheritable(True)
    return made


def take_lock(home: Path) -> IO[str]:
    """Hold the home folder: one desk runs in it. Raises ``BadInput`` naming the other's process."""
    file = (home / "amends.lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        other = file.read().strip() or "?"
        file.close()
        raise BadInput(
            f"Amends is running in {home} already (process {other})."
            " Stop it first, or name another folder in AMENDS_HOME."
        ) from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def bring_up_to_date() -> int:
    """Apply what migrations are missing; how many. A SQLite file is copied beside itself first.

    Raises ``BadInput`` where the database is newer than this program, damaged or out of reach.
    """
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        _knock()
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        raise BadInput(_out_of_reach(error)) from error
    known = set(executor.loader.disk_migrations)
    applied = set(executor.loader.applied_migrations)
    newer = sorted(name for app, name in applied - known if app == "desk")
    if newer:
        raise BadInput(
            f"The database was made by a newer version of Amends ({newer[-1]})."
            " Install that version or a later one; nothing was changed."
        )
    steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if steps and applied:
        _copy_aside()
    if known - applied:
        call_command("migrate", verbosity=0, interactive=False)
    return steps


def _knock() -> None:
    """Connect once outside the pool, which would try for half a minute. Raises ``DatabaseError``."""
    from django.db import connection

    if connection.vendor == "postgresql":
        import psycopg

        with connection.wrap_database_errors:
            psycopg.connect(**connection.get_connection_params()).close()


def _out_of_reach(error: Exception) -> str:
    from django.db import connection

    said = " ".join(str(error).split())
    if connection.vendor == "sqlite":
        name = connection.settings_dict["NAME"]
        return f"The database {name} cannot be opened ({said}). Put a good copy in its place."
    return f"PostgreSQL cannot be reached ({said}). Start it, or correct AMENDS_DATABASE_URL."


def _copy_aside() -> None:
    """A copy of the SQLite file as it was before its tables change."""
    import sqlite3
    from contextlib import closing

    from django.db import connection

    if connection.vendor != "sqlite":
        return
    path = Path(connection.settings_dict["NAME"])
    with (
        closing(sqlite3.connect(path)) as old,
        closing(sqlite3.connect(path.with_suffix(".before-migration.sqlite3"))) as new,
    ):
        old.backup(new)
