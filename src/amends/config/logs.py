"""What the log must not hold: ways in, passwords, and what people wrote."""

import logging
import re
from typing import Final

_SECRET: Final = (
    (re.compile(r"(/enter/)[^/\s\"']+"), r"\1(hidden)"),
    (re.compile(r"(/h/)[\w-]{20,}(/back/[^/\s\"']+)?"), r"\1(hidden)"),
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE), r"\1 (hidden)"),
    (re.compile(r"(://[^\s/:@]*:)[^\s/@]+@"), r"\1(hidden)@"),
    # PostgreSQL quotes the row or the document that it refuses.
    (re.compile(r"^(DETAIL|CONTEXT):.*?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL), r"\1: (hidden)"),
)


class Discreet(logging.Formatter):
    """Hides what a message or a traceback may carry and no log may keep."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for pattern, instead in _SECRET:
            line = pattern.sub(instead, line)
        return line
