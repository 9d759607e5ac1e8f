"""Who an author is to us: what was said of accounts, and the door to an author."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Max, QuerySet

from amends.casework import Action, Role, check_may
from amends.desk.models import AuthorRow, PostRow, Responder, RoleMark
from amends.desk.queries.doors import NotThere, may_see
from amends.desk.queries.prepared import prepared

Account = tuple[str, str]
"""A network ("" for any) and a handle."""


def fold(handle: str) -> str:
    """A handle as accounts are compared by it: without a sign, in small letters."""
    return handle.strip().lstrip("@\uff20").casefold()


FEW: Final = 200
"""Marks that are read as they are; of more only those are looked up that are asked for."""


def roles_of(accounts: Collection[Account]) -> dict[Account, str]:
    """The roles of those accounts, as given, that have one: of the marks that fit, the last holds."""
    said = _first_marks(most=FEW + 1)
    if not said:
        return {}
    wanted = {(network, handle): fold(handle) for network, handle in accounts}
    if len(said) > FEW:
        said = _marks(sorted(set(wanted.values()) - {""}))
    last: dict[str, list[tuple[str, str]]] = {}
    for handle, network, role in said:
        last.setdefault(handle, []).append((network, role))
    found: dict[Account, str] = {}
    for account, handle in wanted.items() if last else ():
        fitting = [role for network, role in last.get(handle, ()) if network in ("", account[0])]
        if fitting and fitting[-1]:
            found[account] = fitting[-1]
    return found


@prepared
def _first_marks(*, most: int) -> QuerySet[RoleMark, tuple[str, str, str]]:
    marks = RoleMark.objects.exclude(handle="").order_by("pk")
    return marks.values_list("handle", "network", "role")[:most]


@prepared
def _marks(handles: list[str]) -> QuerySet[RoleMark, tuple[str, str, str]]:
    marks = RoleMark.objects.filter(handle__among=handles).order_by("pk")
    return marks.values_list("handle", "network", "role")


@dataclass(frozen=True, slots=True)
class Said:
    """What holds of an account: its role, who said so, how and when. ``by`` "": the desk itself."""

    pk: int
    network: str
    handle: str
    role: str
    how: str
    by: str
    at: datetime


def accounts_said(
    person: Responder, *, role: str = "", words: str = "", most: int = 500
) -> tuple[list[Said], int]:
    """The accounts with a role, the latest said first, and how many there are."""
    check_may(Role(person.role), Action.SET_UP)
    newest = RoleMark.objects.exclude(handle="").values("network", "handle")
    holds = RoleMark.objects.filter(pk__in=newest.annotate(last=Max("pk")).values("last"))
    holds = holds.exclude(role="")
    if role:
        holds = holds.filter(role=role)
    if fold(words):
        holds = holds.filter(handle__contains=fold(words))
    rows = holds.select_related("by").order_by("-pk")[:most]
    said = [
        Said(m.pk, m.network, m.handle, m.role, m.how, m.by.name if m.by else "", m.at)
        for m in rows
    ]
    return said, holds.count()


def get_mark_for(person: Responder, pk: int) -> RoleMark:
    """Raises ``NotThere`` and ``NotAllowed``."""
    check_may(Role(person.role), Action.SET_UP)
    found = RoleMark.objects.exclude(handle="").filter(pk=pk).first()
    if found is None:
        raise NotThere("Nothing is said of such an account any more.")
    return found


def get_author_for(person: Responder, pk: int) -> AuthorRow:
    """An author of public posts, or of a case the person may see. Raises ``NotThere``."""
    check_may(Role(person.role), Action.SEE_HEARD)
    author = AuthorRow.objects.filter(pk=pk, erased_at=None).first()
    if author is not None:
        public = PostRow.objects.filter(author=author, private=False)
        if public.exists() or may_see(person).filter(places__post__author=author).exists():
            return author
    raise NotThere("There is no such author that you may see.")
