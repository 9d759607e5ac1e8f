"""What ``check`` hands round: the reply, the facts, what was found, and the findings so far."""

from functools import cached_property

from amends.guard.codes import CODES
from amends.guard.facts import CaseFacts
from amends.guard.findings import Finding
from amends.guard.page import Page
from amends.guard.phrases import SIGNS, Spans, load_phrases
from amends.guard.policy import Policy
from amends.guard.stock import shared_words
from amends.guard.tongue import tongue_of
from amends.text import normalise

_MOST_POST = 5_000


class Writing:
    """A reply under examination. ``said`` maps each meaning found to its spans in ``page.flat``."""

    def __init__(self, text: str, facts: CaseFacts, policy: Policy) -> None:
        self.page = Page(text)
        self.facts = facts
        self.policy = policy
        phrases = load_phrases()
        self._held = phrases.held(self.page)
        self.said: Spans = phrases.find(self.page, self._held)
        self.findings: list[Finding] = []
        self._signs: dict[str, bool] = {}

    @cached_property
    def post(self) -> str:
        """The complaint, folded; empty where it is not known."""
        return normalise((self.facts.post or "")[:_MOST_POST])

    @cached_property
    def shared(self) -> frozenset[str]:
        """What the reply takes up of the post's own words."""
        return shared_words(self.page, self.post)

    @cached_property
    def language(self) -> str | None:
        """The reply's language or script, where it is plain."""
        return tongue_of(self.page.flat, self.page.words)

    @cached_property
    def sorry(self) -> bool:
        return self.says("sorry")

    def says(self, *meanings: str) -> bool:
        if not self._held.bare.isdisjoint(meanings):
            return True
        return any(self._says(meaning) for meaning in meanings)

    def _says(self, meaning: str) -> bool:
        if meaning not in SIGNS:
            return meaning in self.said
        known = self._signs.get(meaning)
        if known is None:
            known = self._signs[meaning] = load_phrases().shows(self.page, self._held, meaning)
        return known

    def add(
        self,
        code: str,
        span: tuple[int, int] | None = None,
        *,
        reason: str = "",
        similarity: float | None = None,
        resembles: str | None = None,
        replacement: str | None = None,
    ) -> None:
        """Add a finding; ``span`` is in the text as given, None means the whole."""
        known = CODES[code]
        self.findings.append(
            Finding(
                code=code,
                level=self.policy.level(code),
                span=span or self.page.whole,
                reason=reason or known.reason,
                suggestion=known.suggestion,
                similarity=similarity,
                resembles=resembles,
                replacement=replacement,
            )
        )

    def add_said(self, code: str, meaning: str = "") -> None:
        """Add a finding for each place where a meaning is said; what overlaps becomes one."""
        at = -1
        for start, end in sorted(self.said.get(meaning or code, ()), key=lambda s: (s[0], -s[1])):
            if start >= at:
                self.add(code, self.page.span(start, end))
                at = end
