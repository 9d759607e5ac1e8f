"""A file that remembers how far each source was read."""

from pathlib import Path

import msgspec

from amends.terms import BadInput


class Places:
    """Places by source, kept in ``path``. Raises ``BadInput`` where that is no file of places."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._places = _read(path) if path is not None and path.exists() else {}

    def of(self, source: str) -> str | None:
        return self._places.get(source)

    def move(self, source: str, place: str) -> None:
        self._places[source] = place

    def save(self) -> None:
        """Write them down, whole or not at all. Raises ``BadInput`` where they cannot be."""
        if self._path is None:
            return
        beside = self._path.with_name(f"{self._path.name}.new")
        try:
            beside.write_bytes(msgspec.json.encode({"sources": self._places}))
            beside.replace(self._path)
        except OSError as error:
            msg = f"The cursor cannot be written to {self._path} ({error.strerror})."
            raise BadInput(msg) from error


class _File(msgspec.Struct):
    sources: dict[str, str]


def _read(path: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_File).sources
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        msg = f"{path} is no file of cursors; name another, or remove it to begin anew."
        raise BadInput(msg) from error
