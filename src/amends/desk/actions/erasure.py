"""Erasing a person: names and texts go, the proof of what happened stays."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from amends.casework import Action, ReplyStatus, Role, check_may
from amends.desk.actions.cases import write
from amends.desk.actions.chronicle import make_event
from amends.desk.actions.evidence import erasing
from amends.desk.actions.holds import blank_posts, check_no_hold, claims_erased, quotes_erased
from amends.desk.actions.pictures import erase_pictures
from amends.desk.models import (
    AuthorRow,
    Brand,
    Case,
    CaseEvent,
    Claim,
    Customer,
    DeadLetterRow,
    Draft,
    Evidence,
    Note,
    PostRow,
    Responder,
    RoleMark,
)
from amends.desk.queries.roles import fold

_UNSENT = (ReplyStatus.HELD, ReplyStatus.READY, ReplyStatus.FAILED, ReplyStatus.PAUSED)


ERASED = "Erased with the person it was about."


def erase_customer(customer: Customer, *, by: Responder, now: datetime) -> None:
    """Erase names and texts of a customer, and what was written about them. It cannot be undone.

    Posts heard again later stay erased; what the person writes anew is heard as anybody's. Raises
    ``NotAllowed`` while a legal hold keeps something of theirs.
    """
    check_may(Role(by.role), Action.ERASE)
    with transaction.atomic():
        cases = _held_cases(customer)
        check_no_hold(customer, now=now)
        authors = list(AuthorRow.objects.filter(customer=customer))
        posts = PostRow.objects.filter(author__in=authors)
        ids = list(posts.values_list("network", "native_id"))
        _erase_letters([native for _, native in ids], authors)
        quotes_erased(ids)
        blank_posts(posts, now=now)
        for author in authors:
            _erase_author(author, now=now)
        Customer.objects.filter(pk=customer.pk).update(erased_at=now)
        for case in cases:
            events = claims_erased(case, Q(post__author__in=authors), now=now)
            if case.customer_id == customer.pk:
                events += _erase_ours(case, by=by, now=now)
                case.close_reason = ""
                events.append(make_event(case, "customer.erased", at=now, by=by))
            if events:
                write(case, events, "close_reason")


def _held_cases(customer: Customer) -> list[Case]:
    """Their cases, and those with evidence of what they wrote. Brand first, then cases in their
    order: as intake holds them."""
    theirs = Q(customer=customer)
    theirs |= Q(claims__post__author__customer=customer)
    theirs |= Q(claims__evidence__post__author__customer=customer)
    pks = list(Case.objects.filter(theirs).values_list("pk", flat=True).distinct())
    brands = Case.objects.filter(pk__in=pks).values("brand")
    list(Brand.objects.select_for_update().filter(pk__in=brands).order_by("pk"))
    held = Case.objects.select_for_update(of=("self",)).filter(pk__in=pks)
    return list(held.order_by("pk"))


def _erase_author(author: AuthorRow, *, now: datetime) -> None:
    if author.native_id.startswith("@") or author.contact:  # known by what is theirs alone
        author.native_id = f"erased:{author.pk}"
    said = Q(author=author)
    if author.handle:
        said |= Q(network__in=["", author.network], handle=fold(author.handle))
    RoleMark.objects.filter(said).update(author=None, handle="")
    author.handle = author.name = ""
    author.followers, author.role, author.erased_at = None, None, now
    author.save(update_fields=["native_id", "handle", "name", "followers", "role", "erased_at"])


def _erase_letters(ids: list[str], authors: list[AuthorRow]) -> None:
    names = [*ids, *(author.native_id for author in authors)]
    names += [f"@{author.handle}" for author in authors if author.handle]
    for name in names:
        about = Q(raw__contains=name) | Q(reason__contains=name)
        DeadLetterRow.objects.filter(about).update(raw="", reason=ERASED)


def _erase_ours(case: Case, *, by: Responder, now: datetime) -> list[CaseEvent]:
    """Our own words to and about the person name them too; what has not gone out yet shall not."""
    PostRow.objects.filter(place__case=case, ours=True).update(text="")
    Note.objects.filter(case=case).update(text="")
    Draft.objects.filter(case=case).delete()
    case.determinations.update(facts="", fix="")
    case.remedies.update(what="")
    case.promises.update(words="")
    case.take_downs.update(reason="", note="")
    case.rank_watches.all().delete()
    case.rank_entries.update(query="", address="")
    case.surveys.update(words="")
    claims = Claim.objects.filter(case=case)
    claims.update(words="", truth="")
    case.holds.update(reason="")
    files = Evidence.objects.filter(claim__in=claims, erased_at=None)
    erased = erasing(case, files.order_by("pk"), now=now)
    case.handoffs.filter(ended_at=None).update(ended_at=now)
    case.handoffs.update(answers=[])
    erase_pictures(case)
    case.calls.update(said="", about="", place="")
    case.letters.update(
        recipient="", address="", subject="", body="", signer="", anyway="", reason="",
        findings=[], pdf=None,
    )  # fmt: skip
    waiting = case.replies.select_for_update().filter(status__in=_UNSENT)
    events = [
        *erased,
        *(
            make_event(case, "reply.cancelled", at=now, by=by, reply=reply.pk)
            for reply in waiting.order_by("pk")
        ),
    ]
    waiting.update(status=ReplyStatus.CANCELLED, claimed_until=None)
    case.replies.update(text="", reason="", anyway="", findings=[])
    return events
