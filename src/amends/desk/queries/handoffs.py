"""Hand-off links and their pages: who holds one, what stands on it, how it stands."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from amends.casework.calls import CallStatus
from amends.casework.handoff import SHIPPED, Field, Standing, fields_of, standing, stored_fields
from amends.casework.letters import LetterStatus, LetterWay
from amends.desk.models import Brand, Call, Case, Handoff, IntakePage, Letter, PostRow
from amends.desk.queries.doors import NotThere
from amends.desk.queries.prepared import of_case, prepared

NETWORK: Final = "handoff"
PATH: Final = "/h/"
_NAME, _MAC = 12, 22
_IN_TEXT: Final = re.compile(rf"/h/([\w-]{{{_NAME}}})[\w-]{{{_MAC}}}(?![\w-])")
_NOT_THERE: Final = "There is no such page. Look whether the link was copied whole."
_WHY: Final = {
    Standing.ENDED: "This page was closed.",
    Standing.EXPIRED: "This page is no longer open: nothing was written on it for a while.",
}


def token_of(handoff: Handoff) -> str:
    """What stands in the link: the name, signed with the desk's key for this case and customer."""
    return handoff.name + _mac(handoff.name, handoff.case_id, handoff.customer_id)


def _mac(name: str, case: int, customer: int) -> str:
    signed = salted_hmac("amends.handoff", f"{name}\n{case}\n{customer}", algorithm="sha256")
    return _text(signed.digest()[:16])


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def link_of(handoff: Handoff) -> str:
    """The address that a customer is given."""
    return f"{settings.AMENDS_PUBLIC_ADDRESS}{PATH}{token_of(handoff)}/"


def find_handoff(token: str) -> Handoff:
    """The page of a link, open or not. Raises ``NotThere``, as slowly for a name that there is as
    for one that there is not."""
    handoff = next(iter(_named(token[:_NAME])), None)
    case, customer = (handoff.case_id, handoff.customer_id) if handoff else (0, 0)
    right = constant_time_compare(token[_NAME:], _mac(token[:_NAME], case, customer))
    if handoff is None or not right:
        raise NotThere(_NOT_THERE)
    return handoff


@prepared
def _named(name: str) -> QuerySet[Handoff]:
    rows = Handoff.objects.select_related("case__brand", "case__first_post", "author")
    return rows.filter(name=name)


def names_in(text: str) -> list[str]:
    """The names of the hand-off links that a text holds."""
    return list(dict.fromkeys(_IN_TEXT.findall(text)))


def seat_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def holds_seat(handoff: Handoff, secret: str) -> bool:
    """Whether this is what the customer's browser was given when they first wrote."""
    right = constant_time_compare(handoff.seat, seat_hash(secret))
    return bool(handoff.seat and secret) and right


def standing_of(handoff: Handoff, *, now: datetime) -> Standing:
    return standing(expires_at=handoff.expires_at, ended_at=handoff.ended_at, now=now)


def closed_words(handoff: Handoff, *, now: datetime) -> str:
    """Why a page can no longer be used; "" where it can."""
    return _WHY.get(standing_of(handoff, now=now), "")


def why_closed(author: str) -> str:
    """As ``closed_words``, of the page whose customer has this id, for whoever sends there."""
    handoff = Handoff.objects.filter(author__native_id=author, author__network=NETWORK).first()
    if handoff is None:
        return "There is no such private page."
    if handoff.ended_at is not None:  # one that merely expired is open again by our reply
        return f"{_WHY[Standing.ENDED]} Send the customer a new link."
    return ""


def page_of(brand: Brand) -> IntakePage:
    """How the brand's pages greet and what they ask; as shipped where nobody decided."""
    found = next(iter(_pages(brand.pk)), None)
    return found or IntakePage(brand=brand, fields=stored_fields(SHIPPED))


@prepared
def _pages(brand: int) -> QuerySet[IntakePage]:
    return IntakePage.objects.select_related("hours").filter(brand=brand)


def asked_by(page: IntakePage) -> list[Field]:
    return fields_of(page.fields)


def words_of(handoff: Handoff) -> list[PostRow]:
    """What both sides wrote on a page, oldest first."""
    posts = PostRow.objects.filter(
        network=NETWORK, conversation=handoff.name, place__isnull=False, erased_at=None
    )
    return list(posts.order_by("created_at", "pk"))


def calls_of(handoff: Handoff) -> QuerySet[Call]:
    """The calls that are planned with the customer of a page, the next first."""
    planned = Call.objects.filter(case=handoff.case_id, status=CallStatus.PLANNED)
    return planned.order_by("starts_at", "pk")


def letters_of(handoff: Handoff) -> QuerySet[Letter]:
    """The letters that were sent to the page's customer by the page."""
    sent = Letter.objects.filter(case=handoff.case_id, status=LetterStatus.SENT, way=LetterWay.PAGE)
    return sent.exclude(pdf=None).order_by("sent_at", "pk")


def is_proven(handoff: Handoff) -> bool:
    """Whether the page's customer is known to be the one of the case: somebody here said so, the
    link was never public, or its code came from the customer's own account."""
    if handoff.claimed_at is None:
        return False
    if handoff.proven_at is not None or (handoff.sent_at is not None and not handoff.in_public):
        return True
    theirs = PostRow.objects.filter(
        author__customer=handoff.case.customer_id, created_at__gte=handoff.made_at, ours=False
    )
    return theirs.exclude(network=NETWORK).filter(text__icontains=handoff.code).exists()


@dataclass(frozen=True, slots=True)
class PageFacts:
    """A hand-off as a responder sees it. ``link`` is there while it is open."""

    row: Handoff
    link: str
    standing: Standing
    proven: bool


def page_in(case: Case, pk: int) -> Handoff | None:
    """A hand-off of a case or of one that went on in it; None where there is none."""
    return next(iter(_page_in(pk, case.pk)), None)


@prepared
def _page_in(pk: int, case: int) -> QuerySet[Handoff]:
    rows = Handoff.objects.filter(Q(case=case) | Q(case__merged_into=case), pk=pk)
    return rows.select_related("case")


def handoffs_of(case: Case, *, now: datetime) -> Sequence[PageFacts]:
    """A case's hand-offs, the latest first."""
    rows = _handoffs(case.pk)
    found = []
    for row in rows:
        stands = standing_of(row, now=now)
        link = link_of(row) if stands is Standing.OPEN else ""
        found.append(PageFacts(row, link, stands, is_proven(row)))
    return found


@prepared
def _handoffs(case: int) -> QuerySet[Handoff]:
    rows = Handoff.objects.filter(Q(case=case) | Q(case__merged_into=case))
    return rows.select_related("by", "author", "case").order_by("-pk")[:10]


def open_handoff(case: Case, *, now: datetime, claimed: bool) -> Handoff | None:
    """The latest page of a case that is open, and that a customer has, or nobody so far."""
    return next(iter(of_case(case, _open(case.pk, now, claimed=claimed))), None)


@prepared
def _open(case: int, now: datetime, *, claimed: bool) -> QuerySet[Handoff]:
    rows = Handoff.objects.filter(case=case, ended_at=None, expires_at__gt=now)
    rows = rows.filter(claimed_at__isnull=not claimed)
    return rows.select_related("author").order_by("-pk")[:1]
