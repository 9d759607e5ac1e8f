"""What the desk says while it runs: little."""

import logging
from typing import Final

# They tell of each coming, going and request, which interests those who debug.
_TALKATIVE: Final = ("uvicorn", "httpx", "httpx2", "httpcore", "httpcore2")


def quiet(level: str) -> None:
    """Have the libraries speak from warnings up, unless ``level`` (``AMENDS_LOG_LEVEL``) is DEBUG
    or asks for less still."""
    for name in () if level == "DEBUG" else _TALKATIVE:
        logging.getLogger(name).setLevel("ERROR" if level == "ERROR" else "WARNING")
