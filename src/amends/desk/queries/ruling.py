"""Rules: the doors to them, what they are called, and the facts that they see."""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from amends.casework import Action, Role, check_may
from amends.casework.automation import Facts, Rule, rule_of
from amends.casework.saying import Names
from amends.desk.models import (
    Brand,
    Case,
    Label,
    MentionRow,
    PostRow,
    Responder,
    RuleGrant,
    RuleRow,
    Snippet,
    Team,
)
from amends.desk.models.signs import STEPS
from amends.desk.queries.doors import NotThere
from amends.desk.queries.prepared import prepared
from amends.terms import BadInput

log = logging.getLogger(__name__)


def rules_for(person: Responder) -> list[RuleRow]:
    """Every rule in the order in which they run, for those who set them up."""
    check_may(Role(person.role), Action.SET_UP)
    return _rules()


@prepared
def _rules(*pk: int) -> QuerySet[RuleRow]:
    rows = RuleRow.objects.filter(removed_at=None, **({"pk": pk[0]} if pk else {}))
    return rows.order_by("place", "pk")


def get_rule_for(person: Responder, pk: int) -> RuleRow:
    """Raises ``NotThere``, ``NotAllowed``."""
    check_may(Role(person.role), Action.SET_UP)
    for rule in _rules(pk):
        return rule
    raise NotThere("There is no such rule; somebody removed it.")


def readable(rows: Iterable[RuleRow]) -> list[tuple[RuleRow, Rule]]:
    """The rules that can be read; what another release no longer knows is left out and logged."""
    found = []
    for row in rows:
        try:
            found.append((row, rule_of(row.data)))
        except BadInput as error:
            log.warning("The rule %s cannot be read, so it does nothing: %s", row, error)
    return found


def names_now() -> Names:
    """What people, teams, snippets and brands are called now, by their keys as texts."""
    people, teams, snippets, brands = (
        {str(pk): name for pk, name in _named(of=of)} for of in _NAMED
    )
    return Names(people=people, teams=teams, snippets=snippets, brands=brands)


_NAMED: Final[Mapping[str, Callable[[], QuerySet[Any, tuple[int, str]]]]] = {
    "people": lambda: Responder.objects.filter(is_active=True).values_list("pk", "name"),
    "teams": lambda: Team.objects.values_list("pk", "name"),
    "snippets": lambda: Snippet.objects.filter(removed_at=None).values_list("pk", "key"),
    "brands": lambda: Brand.objects.values_list("pk", "name"),
}


@prepared
def _named(*, of: str) -> QuerySet[Any, tuple[int, str]]:
    return _NAMED[of]()


def grant_of(row: RuleRow) -> RuleGrant | None:
    """The grant that holds for the rule's present version."""
    return next((one for one in _grants(row.pk) if one.number == row.number), None)


@prepared
def _grants(rule: int) -> QuerySet[RuleGrant]:
    grants = RuleGrant.objects.filter(rule=rule, revoked_at=None)
    return grants.select_related("by").order_by("-pk")


@dataclass(frozen=True, slots=True)
class Happening:
    """A case, and the post that something is about; None: the one it began with. ``at`` is when."""

    case: int
    post: int | None
    at: datetime
    clock: str = ""


def facts_of(happenings: Sequence[Happening], *, as_opened: bool = False) -> list[Facts]:
    """What rules see of each, by a fixed number of queries. ``as_opened``: as new cases without
    labels, whatever became of them."""
    cases = Case.objects.in_bulk({one.case for one in happenings})
    wanted = {one.post or cases[one.case].first_post_id for one in happenings}
    posts = PostRow.objects.select_related("author", "reading").in_bulk(wanted)
    kinds = _kinds(wanted)
    labels = {} if as_opened else _labels(cases)
    found = []
    for one in happenings:
        case = cases[one.case]
        post = posts[one.post or case.first_post_id]
        facts = _facts(case, post, one)
        facts = replace(
            facts,
            watches=kinds.get(post.pk, frozenset()),
            labels=labels.get(case.pk, frozenset()),
            severity=_severity(post),
        )
        found.append(replace(facts, state="new") if as_opened else facts)
    return found


def _facts(case: Case, post: PostRow, one: Happening) -> Facts:
    since, author = case.unanswered_since, post.author
    return Facts(
        network=case.network,
        language=post.lang,
        brand=str(case.brand_id),
        private=post.private,
        priority=case.priority,
        state=case.state,
        role=author.role if author else None,
        followers=author.followers if author else None,
        text=post.text,
        waited=max(one.at - since, one.at - one.at) if since is not None else None,
        clock=one.clock,
    )


def _severity(post: PostRow) -> str:
    """How far it goes; what was never read, or by an earlier release, goes nowhere."""
    reading = getattr(post, "reading", None)
    return STEPS[reading.severity or 0] if reading is not None else STEPS[0]


def _kinds(posts: Collection[int]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    matched = MentionRow.objects.filter(post__in=posts)
    for post, kind in matched.values_list("post_id", "watch__kind"):
        found[post].add(kind)
    return {post: frozenset(kinds) for post, kinds in found.items()}


def _labels(cases: Collection[int]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for case, name in Label.objects.filter(cases__in=cases).values_list("cases", "name"):
        found[case].add(name)
    return {case: frozenset(names) for case, names in found.items()}
