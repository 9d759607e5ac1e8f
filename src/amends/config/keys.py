"""Secrets that the desk makes for itself and keeps in its home folder."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from amends.terms import BadInput


def kept_key(home: Path, name: str) -> str:
    """The secret in the file ``name``, readable by its owner alone; made when first needed.

    The file is there whole or not at all, however the machine stops. Raises ``BadInput`` for one
    that is empty: going on would seal with a key that anybody knows.
    """
    path = home / name
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    made = secrets.token_urlsafe(48)
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(path, made)
    except FileExistsError:
        return _read(path)
    except OSError:
        return made  # the start-up check says what is wrong with the folder
    return made


def _read(path: Path) -> str:
    key = path.read_text(encoding="ascii").strip()
    if not key:
        raise BadInput(
            f"The file {path} is empty. Put back a copy of it; without one remove it, and connect"
            " the channels and sign in again."
        )
    return key


def _write_once(path: Path, text: str) -> None:
    """Raises ``FileExistsError`` where somebody was faster."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(beside, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            Path(beside).replace(path)
        _sync_folder(path.parent)
    finally:
        with suppress(FileNotFoundError):
            Path(beside).unlink()


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
