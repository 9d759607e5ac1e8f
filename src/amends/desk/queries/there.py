"""Which of its many parts a case has at all: asked by one statement, so that what is not there need
not be read."""

from collections.abc import Callable, Container
from enum import StrEnum, auto
from typing import Any, Final

from django.db.models import Exists, Model, OuterRef, QuerySet

from amends.casework import CaseState
from amends.desk.models import (
    Attachment,
    Authority,
    Budget,
    Call,
    Case,
    CasePost,
    Claim,
    CustomerMerge,
    Determination,
    DraftEndpoint,
    Handoff,
    Label,
    Letter,
    MacroRow,
    Note,
    OutgoingReply,
    Promise,
    RankEntry,
    RankWatch,
    Remedy,
    SearchAccess,
    SlaPolicyRow,
    Snippet,
    SocialPolicy,
    SpeakingRules,
    Survey,
    Team,
)
from amends.desk.queries.prepared import prepared


class Part(StrEnum):
    """What a case, its customer and the desk may have, or not."""

    JOINED = auto()
    NOTES = auto()
    CALLS = auto()
    REPLIES = auto()
    PICTURES = auto()
    CORRECTIONS = auto()
    CARE = auto()
    PRIVATE_POSTS = auto()
    LABELS = auto()
    EARLIER = auto()
    PROMISED = auto()
    MERGES = auto()
    DETERMINATIONS = auto()
    REMEDIES = auto()
    PROMISES = auto()
    LETTERS = auto()
    HANDOFFS = auto()
    RANKS = auto()
    RANK_WATCHES = auto()
    SURVEYS = auto()
    CLAIMS = auto()
    BUDGETS = auto()
    MACROS = auto()
    SNIPPETS = auto()
    AUTHORITIES = auto()
    SEARCH = auto()
    DRAFT_ENDPOINT = auto()
    SPEAKING_RULES = auto()
    POLICIES = auto()
    SLA = auto()
    TEAMS = auto()


Parts = Container[Part]


class _All:
    def __contains__(self, part: object) -> bool:
        return True


ALL: Final[Parts] = _All()
"""For whoever did not ask: each part may be there."""

_CASE: Final = OuterRef("pk")
_CUSTOMER: Final = OuterRef("customer")


def _of(model: type[Model], **more: Any) -> Callable[[], QuerySet[Any]]:
    return lambda: QuerySet(model).filter(case=_CASE, **more)


_WHERE: Final[dict[Part, Callable[[], QuerySet[Any]]]] = {
    Part.JOINED: lambda: Case.objects.filter(merged_into=_CASE, state=CaseState.MERGED),
    Part.NOTES: _of(Note),
    Part.CALLS: _of(Call),
    Part.REPLIES: _of(OutgoingReply),
    Part.PICTURES: _of(Attachment),
    Part.CORRECTIONS: _of(CasePost, post__corrections__isnull=False),
    Part.CARE: _of(CasePost, post__special_care__isnull=False),
    Part.PRIVATE_POSTS: _of(CasePost, post__private=True),
    Part.LABELS: lambda: Label.objects.filter(cases=_CASE),
    Part.EARLIER: lambda: Case.objects.filter(customer=_CUSTOMER).exclude(pk=_CASE),
    Part.PROMISED: lambda: Promise.objects.filter(
        case__customer=_CUSTOMER, dropped_at=None
    ).exclude(case=_CASE),
    Part.MERGES: lambda: CustomerMerge.objects.filter(kept=_CUSTOMER, undone_at=None),
    Part.DETERMINATIONS: _of(Determination),
    Part.REMEDIES: _of(Remedy),
    Part.PROMISES: _of(Promise),
    Part.LETTERS: _of(Letter),
    Part.HANDOFFS: _of(Handoff),
    Part.RANKS: _of(RankEntry),
    Part.RANK_WATCHES: _of(RankWatch, due_at__isnull=False),
    Part.SURVEYS: _of(Survey),
    Part.CLAIMS: _of(Claim),
    Part.BUDGETS: lambda: Budget.objects.filter(brand=OuterRef("brand")),
    Part.MACROS: lambda: MacroRow.objects.filter(removed_at=None),
    Part.SNIPPETS: lambda: Snippet.objects.filter(removed_at=None),
    Part.AUTHORITIES: Authority.objects.all,
    Part.SEARCH: lambda: SearchAccess.objects.filter(enabled=True),
    Part.DRAFT_ENDPOINT: lambda: DraftEndpoint.objects.filter(enabled=True),
    Part.SPEAKING_RULES: SpeakingRules.objects.all,
    Part.POLICIES: SocialPolicy.objects.all,
    Part.SLA: SlaPolicyRow.objects.all,
    Part.TEAMS: Team.objects.all,
}
_JOINED_TOO: Final = {Part.CORRECTIONS, Part.CARE, Part.HANDOFFS}
"""What may stand in a case that goes on in this one; asked for there too, no index would serve."""


@prepared
def _asked(case: int) -> QuerySet[Case, tuple[bool, ...]]:
    each = [Exists(_WHERE[part]().order_by()) for part in Part]
    return Case.objects.filter(pk=case).values_list(*each)


def parts_of(case: Case) -> frozenset[Part]:
    """The parts that this case has now."""
    [answers] = _asked(case.pk)
    found = {part for part, there in zip(Part, answers, strict=True) if there}
    return frozenset(found | _JOINED_TOO if Part.JOINED in found else found)
