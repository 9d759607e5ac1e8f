"""The labelled posts beside the project, where they are there."""

from pathlib import Path

from tests.support.require import need

FOLDER = Path(__file__).resolve().parents[3] / "shared"


def shared(name: str) -> Path:
    """A file of the folder ``../shared``; the test is skipped with one line where it is absent."""
    path = FOLDER / name
    need("shared", None if path.exists() else f"../shared/{name} is not there")
    return path
