"""How long what an author deleted is kept, and what keeps it longer (R46)."""

from datetime import datetime, timedelta
from typing import Final

from amends.terms import BadInput

BLANK_AFTER: Final = timedelta(days=1)
"""After an author deleted a post its text is kept for so long."""
LONGEST_HOLD: Final = timedelta(days=3 * 365)
_MOST: Final = 2000


def blank_from(deleted_at: datetime) -> datetime:
    """The first moment at which a deleted post's text is blanked, where no hold stands."""
    return deleted_at + BLANK_AFTER


def check_hold(*, reason: str, expires_at: datetime, now: datetime) -> str:
    """The reason, without blanks around it. A hold has one, and an end: no text is kept for ever.

    Raises ``BadInput``.
    """
    reason = reason.strip()
    if not 0 < len(reason) <= _MOST:
        raise BadInput(f"Say why the texts are kept, in 1 to {_MOST:,} characters.")
    if expires_at <= now:
        raise BadInput("A hold ends on a day to come.")
    if expires_at > now + LONGEST_HOLD:
        raise BadInput("A hold lasts three years at most. Set a nearer day; it can be set anew.")
    return reason


def stands(*, expires_at: datetime, lifted_at: datetime | None, now: datetime) -> bool:
    """Whether a hold keeps what it covers."""
    return lifted_at is None and now < expires_at
