"""The check that every reply passes on its way out."""

from collections.abc import Sequence
from functools import lru_cache

from amends.guard.apologies import check_apologies
from amends.guard.canned import check_canned
from amends.guard.control import check_control
from amends.guard.copies import RecentReplies
from amends.guard.etiquette import check_etiquette
from amends.guard.facts import CaseFacts
from amends.guard.findings import LEVELS, Finding
from amends.guard.inviting import check_inviting
from amends.guard.policy import DEFAULT_POLICY, Policy
from amends.guard.private import check_personal_data
from amends.guard.promises import check_promises
from amends.guard.turns import check_turn
from amends.guard.writing import Writing
from amends.terms import Traits

_UNKNOWN = CaseFacts()


def check(
    reply: str,
    facts: CaseFacts = _UNKNOWN,
    recent: RecentReplies | Sequence[str] | None = None,
    traits: Traits | None = None,
    policy: Policy = DEFAULT_POLICY,
) -> list[Finding]:
    """What this reply should not say, or should say and does not; the gravest first, then by place.

    ``recent`` is what this desk sent lately: an index kept by the caller, or a short list of texts.
    ``traits`` are the channel's; without them a network known by name (``facts.network``) counts.
    Takes any text and raises nothing; ``verdict_of`` adds the findings up.
    """
    writing = Writing(reply, facts, policy)
    check_control(writing)
    check_apologies(writing)
    check_turn(writing)
    check_canned(writing, _index(recent))
    check_personal_data(writing)
    check_promises(writing)
    check_inviting(writing)
    check_etiquette(writing, traits)
    return sorted(writing.findings, key=lambda one: (LEVELS.index(one.level), one.span, one.code))


def _index(recent: RecentReplies | Sequence[str] | None) -> RecentReplies | None:
    if recent is None or isinstance(recent, RecentReplies):
        return recent
    return _index_of(tuple(recent))


@lru_cache(maxsize=4)
def _index_of(texts: tuple[str, ...]) -> RecentReplies:
    return RecentReplies(texts, capacity=max(1, len(texts)))
