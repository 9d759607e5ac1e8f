"""Reading files of history: whatever people have, found out by looking."""

from amends.listening.history.line import Found, Line, SkipReason
from amends.listening.history.look import FORMATS
from amends.listening.history.reading import History, open_history

__all__ = ["FORMATS", "Found", "History", "Line", "SkipReason", "open_history"]
