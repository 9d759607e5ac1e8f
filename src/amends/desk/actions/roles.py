"""Who an author is to us: said by hand of one, or by a list of many."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

from django.db import transaction
from django.db.models.functions import Lower

from amends.casework import Action, Role, check_may
from amends.desk.models import AuthorRow, Responder, RoleMark
from amends.desk.queries.roles import fold
from amends.terms import AuthorRole, BadInput

MOST: Final = 10_000

How = Literal["hand", "list", "watch"]


def mark_author(
    author: AuthorRow, *, role: AuthorRole | None, by: Responder, now: datetime
) -> None:
    """Say by hand what one author is; None takes it back. Saying the same again changes nothing."""
    check_may(Role(by.role), Action.WORK)
    with transaction.atomic():
        held = AuthorRow.objects.select_for_update().get(pk=author.pk)
        if held.erased_at is not None:
            raise BadInput("This author was erased, so nothing can be said of them.")
        if held.role == (role or None):
            return
        held.role = role
        held.save(update_fields=["role"])
        RoleMark.objects.create(
            author=held,
            network=held.network,
            handle=fold(held.handle),
            role=role or "",
            how="hand",
            by=by,
            at=now,
        )


def mark_accounts(
    handles: Sequence[str],
    *,
    role: AuthorRole | None,
    network: str = "",
    by: Responder,
    now: datetime,
) -> int:
    """Say of many accounts at once what they are; how many of them this changed.

    Holds for profiles stored already and for those still to come. ``network`` "" is any. Raises
    ``BadInput`` that names the first line which is no handle.
    """
    check_may(Role(by.role), Action.SET_UP)
    wanted = _handles(handles)
    with transaction.atomic():
        said = _said(wanted, network)
        changed = [handle for handle in wanted if said.get(handle, "") != (role or "")]
        _say(changed, role=role, network=network, how="list", by=by, now=now)
    return len(changed)


def mark_competitors(handles: Sequence[str], *, by: Responder | None, now: datetime) -> None:
    """The accounts that a competitor's watch names, but for those of which somebody spoke."""
    wanted = list(dict.fromkeys(folded for folded in map(fold, handles) if folded))
    known = RoleMark.objects.filter(handle__in=wanted).values_list("handle", flat=True)
    fresh = [handle for handle in wanted if handle not in set(known)]
    _say(fresh, role=AuthorRole.COMPETITOR, network="", how="watch", by=by, now=now)


def _handles(lines: Sequence[str]) -> list[str]:
    handles = []
    for number, line in enumerate(lines, start=1):
        handle = fold(line)
        if not handle:
            continue
        if len(handle) > 253 or len(handle.split()) > 1 or "\0" in handle:
            raise BadInput(f"Line {number} is no handle: {line.strip()[:60]}. Write one a line.")
        handles.append(handle)
    wanted = list(dict.fromkeys(handles))
    if not wanted:
        raise BadInput("Write at least one handle, such as @halcyonair.")
    if len(wanted) > MOST:
        raise BadInput(
            f"These are {len(wanted)} handles; a list has {MOST} at most. Cut it in two."
        )
    return wanted


def _said(handles: Sequence[str], network: str) -> dict[str, str]:
    """What holds of the accounts by name, network and all."""
    marks = RoleMark.objects.filter(handle__in=handles, network=network).order_by("pk")
    return dict(marks.values_list("handle", "role"))


def _say(
    handles: Sequence[str],
    *,
    role: AuthorRole | None,
    network: str,
    how: How,
    by: Responder | None,
    now: datetime,
) -> None:
    RoleMark.objects.bulk_create(
        [
            RoleMark(network=network, handle=handle, role=role or "", how=how, by=by, at=now)
            for handle in handles
        ],
        batch_size=500,
    )
    if not handles:
        return
    # No index knows folded handles: all authors are gone through, so all handles go at once.
    authors = AuthorRow.objects.alias(folded=Lower("handle")).filter(folded__in=handles)
    if network:
        authors = authors.filter(network=network)
    authors.update(role=role)
