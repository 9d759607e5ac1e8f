"""What authors deleted: blanked after a day, unless a legal hold stands (R46)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from amends.casework import Action
from amends.casework.holds import BLANK_AFTER, check_hold
from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.actions.evidence import erasing
from amends.desk.models import (
    Case,
    CaseEvent,
    CasePost,
    Claim,
    ClaimCopy,
    Customer,
    DeepWait,
    Evidence,
    LegalHold,
    MentionRow,
    PostRow,
    ReadingRow,
    Responder,
    SpecialCare,
)
from amends.desk.queries.prepared import prepared
from amends.terms import NotAllowed


def set_hold(
    case: Case, *, reason: str, expires_at: datetime, by: Responder, now: datetime
) -> LegalHold:
    """Keep the texts of the case's posts, of its claims and their copies, also where authors delete
    them. Raises ``BadInput`` without a reason or an end."""
    reason = check_hold(reason=reason, expires_at=expires_at, now=now)
    with held(case, by=by, action=Action.LEGAL) as row:
        made = LegalHold.objects.create(
            case=row, reason=reason, by=by, at=now, expires_at=expires_at
        )
        event = make_event(
            row, "hold.set", at=now, by=by, hold=made.pk, until=expires_at.isoformat()
        )
        write(row, [event])
    return made


def lift_hold(hold: LegalHold, *, by: Responder, now: datetime) -> LegalHold:
    """End a hold before its day. What should be blanked by then is blanked at once."""
    with held(hold.case, by=by, action=Action.LEGAL) as case:
        row = LegalHold.objects.select_for_update().get(pk=hold.pk)
        if row.lifted_at is not None or row.expires_at <= now:
            raise NotAllowed("That hold has ended already.")
        row.lifted_at, row.lifted_by = now, by
        row.save(update_fields=["lifted_at", "lifted_by"])
        write(case, [make_event(case, "hold.lifted", at=now, by=by, hold=row.pk)])
    return row


def tell_of_ended_holds(*, now: datetime, most: int = 100) -> int:
    """Write down which holds came to their end; how many were looked at."""
    pks = _ended(now, most=most)
    for pk in pks:
        hold = LegalHold.objects.select_related("case").get(pk=pk)
        with held(hold.case, by=None, action=None) as case:
            if LegalHold.objects.filter(pk=pk, lifted_at=None, told_at=None).update(told_at=now):
                write(case, [make_event(case, "hold.expired", at=now, hold=pk)])
    return len(pks)


@prepared
def _ended(now: datetime, *, most: int) -> QuerySet[LegalHold, int]:
    ended = LegalHold.objects.filter(lifted_at=None, told_at=None, expires_at__lte=now)
    return ended.order_by("expires_at", "pk").values_list("pk", flat=True)[:most]


def standing(*, now: datetime) -> QuerySet[LegalHold]:
    """The holds that keep something now."""
    return LegalHold.objects.filter(lifted_at=None, expires_at__gt=now)


def check_no_hold(customer: Customer, *, now: datetime) -> None:
    """Raise ``NotAllowed`` where a hold keeps something that this customer wrote."""
    cases = Case.objects.filter(customer=customer)
    claims = Claim.objects.filter(post__author__customer=customer)
    found = standing(now=now).filter(Q(case__in=cases) | Q(case__claims__in=claims))
    last = found.order_by("-expires_at").first()
    if last is not None:
        raise NotAllowed(
            f"A legal hold on case {last.case.ref} keeps these texts until"
            f" {last.expires_at:%-d %B %Y}. Have it lifted first, or wait for its end."
        )


def blank_deleted(*, now: datetime, most: int = 100) -> int:
    """Blank the texts of posts whose authors deleted them a day ago, where no hold stands; how many
    were looked at."""
    found = _to_blank(now - BLANK_AFTER, now, most=most)
    if found:
        # One look through what was written since, for all of them: nothing lists who quotes whom.
        since = min(post.created_at for post in found)
        quotes_erased([(post.network, post.native_id) for post in found], since=since)
    for post in found:
        _blank(post.pk, now=now)
    return len(found)


@prepared
def _to_blank(deleted_by: datetime, now: datetime, *, most: int) -> QuerySet[PostRow]:
    due = PostRow.objects.filter(
        deleted_at__lte=deleted_by, deleted_at__isnull=False, erased_at=None, ours=False
    )
    due = due.exclude(Exists(_holds(now=now)))
    return due.order_by("deleted_at", "pk").only("network", "native_id", "created_at")[:most]


def _holds(*, now: datetime) -> QuerySet[LegalHold]:
    """The standing holds that keep the post outside: by its case, the case that went on in, or a claim."""
    post = OuterRef(OuterRef("pk"))
    place = CasePost.objects.filter(post=post).filter(
        Q(case=OuterRef("case")) | Q(case__merged_into=OuterRef("case"))
    )
    of_the_case = Q(claim__case=OuterRef("case"))
    return standing(now=now).filter(
        Exists(place)
        | Exists(Claim.objects.filter(post=post, case=OuterRef("case")))
        | Exists(ClaimCopy.objects.filter(of_the_case, post=post))
        | Exists(Evidence.objects.filter(of_the_case, post=post))
    )


def _blank(pk: int, *, now: datetime) -> None:
    """One post, its evidence and the words that claims took from it; each case concerned is told."""
    with transaction.atomic():
        concerned = Q(places__post=pk) | Q(claims__post=pk) | Q(claims__evidence__post=pk)
        ids = Case.objects.filter(concerned).values("pk")
        cases = list(Case.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
        row = PostRow.objects.select_for_update(of=("self",)).get(pk=pk)
        if row.erased_at is not None or row.deleted_at is None:
            return
        blank_posts(PostRow.objects.filter(pk=pk), now=now)
        for case in cases:
            events = claims_erased(case, Q(post=pk), now=now)
            if CasePost.objects.filter(case=case, post=pk).exists():
                events.append(make_event(case, "post.blanked", at=now, post=pk))
            write(case, events)


def blank_posts(posts: QuerySet[PostRow], *, now: datetime) -> None:
    """Take from posts what their authors wrote, and what was read in it."""
    ReadingRow.objects.filter(post__in=posts).update(why=[], more=None)
    SpecialCare.objects.filter(post__in=posts).delete()
    DeepWait.objects.filter(post__in=posts).delete()
    MentionRow.objects.filter(post__in=posts).update(words=[])
    posts.update(text="", url="", links=[], media=[], quote_of=None, edited_at=None, erased_at=now)


def quotes_erased(ids: Sequence[tuple[str, str]], *, since: datetime | None = None) -> None:
    """Other people's posts may hold these posts' words. That they quoted, and what, stays."""
    quoting = PostRow.objects.filter(quote_of__id__in=[native for _, native in ids])
    if since is not None:
        quoting = quoting.filter(created_at__gte=since)
    known = set(ids)
    for row in quoting.only("network", "quote_of"):
        native = str((row.quote_of or {}).get("id", ""))
        if (row.network, native) in known:
            PostRow.objects.filter(pk=row.pk).update(quote_of={"id": native})


def claims_erased(case: Case, of_post: Q, *, now: datetime) -> list[CaseEvent]:
    """Take from a case's claims and evidence what these posts said, for whoever holds the case."""
    Claim.objects.filter(of_post, case=case).update(words="")
    shown = Evidence.objects.filter(of_post, claim__case=case, erased_at=None)
    return erasing(case, shown.select_for_update(of=("self",)).order_by("pk"), now=now)
