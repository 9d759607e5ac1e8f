"""What merging two cases, and undoing it, means for the one that goes on, and for the searches that
were looked up for the other."""

from datetime import datetime

from django.db.models import QuerySet

from amends.casework import LIVE
from amends.desk.actions.chronicle import make_event
from amends.desk.models import Case, CaseEvent, CasePost, RankWatch, Responder
from amends.desk.queries.prepared import prepared
from amends.terms import BadInput, network_name, written_handle
from amends.text import mark_hidden

SETTLED_BY = frozenset({"thanks", "retraction"})
"""Why a post joined a case that waits for no answer."""


class TwoCustomers(BadInput):
    """The cases are of two customers, and nobody said that they are merged all the same. ``ref`` is
    the other case, as seen from the one where it was asked for."""

    def __init__(self, here: Case, there: Case) -> None:
        super().__init__(
            f"This case is of {_customer(here)}, {there.ref} of {_customer(there)}. Tick that they"
            " become one case all the same, or say first that both are the same person."
        )
        self.ref = there.ref


def _customer(case: Case) -> str:
    author = case.first_post.author
    if author is None or not author.handle:
        return "somebody whose name was erased"
    handle = written_handle(mark_hidden(author.handle), author.network)
    return f"{handle} ({network_name(author.network)})"


def joining(row: Case, target: Case, *, by: Responder, now: datetime) -> list[CaseEvent]:
    """What the other case is told, for whoever holds both and writes it. What waits for an answer
    waits there from now on; raises ``BadInput`` where nobody would see it."""
    if row.unanswered_since is not None and target.state not in LIVE:
        raise BadInput(
            f"Case {target.ref} is {target.state}, and this one waits for an answer. Reopen it first."
        )
    times = [at for at in (target.unanswered_since, row.unanswered_since) if at is not None]
    target.unanswered_since = min(times, default=None)
    return [make_event(target, "case.joined", at=now, by=by, ref=row.ref)]


def parting(row: Case, target: Case, *, by: Responder, now: datetime) -> list[CaseEvent]:
    """What the other case is told when the merge is undone. What came to it since and belongs to the
    conversations of this one goes back. Raises ``BadInput`` where this one has nothing left."""
    back = came_since(row, target)
    if not back and not row.places.exists():
        raise BadInput(
            f"Its posts went back to {target.ref} when the split was undone. Split them off there again."
        )
    CasePost.objects.filter(post__in=back).update(case=row)
    recount(row)
    recount(target)
    return [make_event(target, "case.parted", at=now, by=by, ref=row.ref, posts=back)]


def end_watches(row: Case, *, by: Responder, now: datetime) -> list[CaseEvent]:
    """Nobody looks any more where the complaint stands in searches: on a case that was merged nobody
    could end that, and whoever sees the other one need not see what is looked for here."""
    watches = RankWatch.objects.filter(case=row, due_at__isnull=False)
    ended = list(watches.order_by("pk").values_list("pk", flat=True))
    watches.update(due_at=None)
    return [make_event(row, "rank.unwatched", at=now, by=by, watch=pk) for pk in ended]


def watch_again(row: Case, *, by: Responder, now: datetime) -> list[CaseEvent]:
    """What the merge ended is looked up each day again, now that it is undone."""
    merged = _merged(row)
    if merged is None:
        return []
    ended = row.history.filter(kind="rank.unwatched", seq__gt=merged.seq)
    watches = RankWatch.objects.filter(case=row, pk__in=[one.data["watch"] for one in ended])
    again = list(watches.order_by("pk").values_list("pk", flat=True))
    watches.update(due_at=now)
    return [make_event(row, "rank.watched", at=now, by=by, watch=pk) for pk in again]


def _merged(row: Case) -> CaseEvent | None:
    return row.history.filter(kind="case.merged").order_by("-seq").first()


def came_since(row: Case, target: Case) -> list[int]:
    """Posts of a merged case's conversations that came to the other one after the merge."""
    merged = _merged(row)
    if merged is None:
        return []
    threads = {row.conversation, *row.places.values_list("post__conversation", flat=True)}
    others = target.places.filter(at__lt=merged.at).values_list("post__conversation", flat=True)
    since = target.places.filter(at__gte=merged.at, post__conversation__in=threads - set(others))
    return sorted(since.values_list("post", flat=True))


@prepared
def _places(case: int) -> QuerySet[CasePost]:
    return CasePost.objects.filter(case=case).select_related("post__author").order_by("pk")


def recount(case: Case) -> None:
    """Set from the posts that are in a case now when the customer wrote, and what is unanswered."""
    rows = _places(case.pk)
    theirs = [
        one for one in rows
        if not one.post.ours and one.post.author is not None
        and one.post.author.customer_id == case.customer_id
    ]  # fmt: skip
    ours = max((one.post.created_at for one in rows if one.post.ours), default=None)
    case.customer_wrote_at = max((one.post.created_at for one in theirs), default=None)
    waiting = [
        one.post.created_at
        for one in theirs
        if one.why not in SETTLED_BY and (ours is None or one.post.created_at > ours)
    ]
    case.unanswered_since = min(waiting, default=None) if case.state in LIVE else None
