"""What the guard said, as the pages show it."""

from dataclasses import dataclass

from amends.desk.actions.guarding import Checked
from amends.desk.models import OutgoingReply
from amends.guard import CODES, Finding, Level

LEVELS: dict[Level, str] = {"stop": "Stop", "ask": "Ask", "note": "Note"}
TONES: dict[Level, str] = {"stop": "bad", "ask": "warn", "note": ""}
_MOST_WORDS = 160


@dataclass(frozen=True, slots=True)
class Said:
    """One finding. ``words`` are those it means, "" for the whole text; ``start`` and ``end`` code
    points; ``replacement`` what could stand in their place, None where nothing is proposed."""

    code: str
    level: str
    tone: str
    words: str
    start: int
    end: int
    reason: str
    suggestion: str
    row: str
    similarity: float | None = None
    resembles: str = ""
    replacement: str | None = None


@dataclass(frozen=True, slots=True)
class Guarded:
    """All that was said, and the verdict: pass, ask or stop."""

    verdict: str
    said: list[Said]


def shown(checked: Checked) -> Guarded:
    return Guarded(checked.verdict, [_said(one, checked.text) for one in checked.findings])


def _said(one: Finding, text: str) -> Said:
    start, end = one.span
    return Said(
        code=one.code,
        level=LEVELS[one.level],
        tone=TONES[one.level],
        words=_words(text, start, end),
        start=start,
        end=end,
        reason=one.reason,
        suggestion=one.suggestion,
        row=CODES[one.code].row,
        similarity=one.similarity,
        resembles=one.resembles or "",
        replacement=one.replacement,
    )


def said_of(reply: OutgoingReply) -> list[Said]:
    """What was found when a reply was handed in, without what copies resemble."""
    kept: list[tuple[str, Level, int, int]] = reply.findings
    return [
        Said(
            code=code,
            level=LEVELS[level],
            tone=TONES[level],
            words=_words(reply.text, start, end),
            start=start,
            end=end,
            reason=CODES[code].reason,
            suggestion=CODES[code].suggestion,
            row=CODES[code].row,
        )
        for code, level, start, end in kept
        if code in CODES
    ]


def _words(text: str, start: int, end: int) -> str:
    words = text[start:end]
    if start == 0 and end >= len(text):
        return ""
    return words if len(words) <= _MOST_WORDS else f"{words[: _MOST_WORDS - 1]}…"
