"""What the guard says about a reply: findings, their levels, and the verdict they add up to."""

from collections.abc import Iterable
from typing import Literal

import msgspec

Level = Literal["stop", "ask", "note"]
Verdict = Literal["stop", "ask", "pass"]
LEVELS: tuple[Level, ...] = ("stop", "ask", "note")


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a reply should not say, or should say and does not.

    ``span`` is the words it means as code-point offsets into the reply, the end exclusive;
    ``(0, len(reply))`` where the whole is meant. ``reason`` and ``suggestion`` are a sentence each.
    ``similarity`` in [0, 1] and ``resembles`` come with copies; ``replacement`` is what could
    stand in place of the span, with personal data.
    """

    code: str
    level: Level
    span: tuple[int, int]
    reason: str
    suggestion: str
    similarity: float | None = None
    resembles: str | None = None
    replacement: str | None = None


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """``stop`` before ``ask``; notes alone let a reply pass."""
    levels = {finding.level for finding in findings}
    if "stop" in levels:
        return "stop"
    return "ask" if "ask" in levels else "pass"


def redact(reply: str, findings: Iterable[Finding]) -> str:
    """The reply with each finding's ``replacement`` in place of what it means."""
    ends = sorted((one for one in findings if one.replacement is not None), key=lambda f: f.span)
    parts, at = [], 0
    for finding in ends:
        start, end = finding.span
        if start >= at:
            parts += [reply[at:start], finding.replacement or ""]
            at = end
    return "".join([*parts, reply[at:]])
