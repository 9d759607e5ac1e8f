"""Customers: profiles of one person are merged across networks, and parted again."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from amends.casework import Action, Role, check_may
from amends.desk.actions.cases import write
from amends.desk.actions.chronicle import make_event
from amends.desk.models import (
    AuthorRow,
    Brand,
    Case,
    Customer,
    CustomerMerge,
    Responder,
    SlaPolicyRow,
)
from amends.desk.queries.prepared import prepared
from amends.terms import BadInput, Stale


def customer_of(author: AuthorRow, *, now: datetime) -> Customer:
    """The person behind a profile, made where nobody was known yet."""
    if author.customer is None:
        author.customer = Customer.objects.create(since=now)
        author.save(update_fields=["customer"])
    return author.customer


def merge_customers(
    kept: Customer, gone: Customer, *, by: Responder, now: datetime
) -> CustomerMerge:
    """Two customers are one person: profiles, cases and own SLA policies of ``gone`` go to ``kept``.

    Raises ``BadInput`` for one customer, or one that was erased, and ``Stale`` where somebody merged
    one of them meanwhile.
    """
    check_may(Role(by.role), Action.WORK)
    if kept.pk == gone.pk:
        raise BadInput("These profiles belong to one customer already.")
    with transaction.atomic():
        _hold(kept.pk, gone.pk)
        cases = _cases_of(gone.pk)
        authors = sorted(AuthorRow.objects.filter(customer=gone).values_list("pk", flat=True))
        policies = sorted(SlaPolicyRow.objects.filter(customer=gone).values_list("pk", flat=True))
        there = AuthorRow.objects.filter(customer=kept).exists() or _cases_of(kept.pk)
        if not (authors or cases) or not there:
            raise Stale("Somebody merged one of these customers meanwhile. Look again.")
        made = CustomerMerge.objects.create(
            kept=kept, gone=gone, authors=authors, cases=[case.pk for case in cases],
            policies=policies, by=by, at=now,
        )  # fmt: skip
        _move(made, cases, to=kept)
        for case in _cases_of(kept.pk):
            write(
                case, [make_event(case, "customer.merged", at=now, by=by, merge=made.pk)],
                "customer",
            )  # fmt: skip
    return made


def undo_merge(merge: CustomerMerge, *, by: Responder, now: datetime) -> CustomerMerge:
    """Part the two again: what moved goes back, with the cases that those profiles opened since.

    Raises ``Stale`` where it was undone already, ``BadInput`` where a later merge must be undone first
    or the customer was erased since.
    """
    check_may(Role(by.role), Action.WORK)
    with transaction.atomic():
        kept, gone = _hold(merge.kept_id, merge.gone_id)
        row = CustomerMerge.objects.select_for_update().get(pk=merge.pk)
        if row.undone_at is not None:
            raise Stale("Somebody parted these customers meanwhile. Look again.")
        _check_undo(row, kept)
        cases = [
            case
            for case in _cases_of(kept.pk)
            if case.pk in row.cases
            or (case.opened_at >= row.at and case.first_post.author_id in row.authors)
        ]
        _move(row, cases, to=gone)
        for case in [*cases, *_cases_of(kept.pk)]:
            write(
                case, [make_event(case, "customer.parted", at=now, by=by, merge=row.pk)], "customer"
            )
        row.undone_by, row.undone_at = by, now
        row.save(update_fields=["undone_by", "undone_at"])
    return row


def _hold(*pks: int) -> list[Customer]:
    """Brands first, as intake holds them, then the customers in their order. Raises ``BadInput``
    for one that was erased."""
    list(Brand.objects.select_for_update().order_by("pk"))
    rows = {
        row.pk: row
        for row in Customer.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    }
    found = [rows[pk] for pk in pks]
    if any(row.erased_at is not None for row in found):
        raise BadInput("This customer was erased, so nothing can be merged or parted.")
    return found


@prepared
def _cases_of(customer: int) -> QuerySet[Case]:
    rows = Case.objects.select_for_update(of=("self",)).select_related("first_post")
    return rows.filter(customer=customer).order_by("pk")


def _check_undo(row: CustomerMerge, kept: Customer) -> None:
    later = CustomerMerge.objects.filter(undone_at=None, pk__gt=row.pk)
    if later.filter(gone=kept).exists() or later.filter(gone=row.gone_id).exists():
        raise BadInput("Another merge came after this one. Undo that one first.")


def _move(row: CustomerMerge, cases: list[Case], *, to: Customer) -> None:
    for case in cases:
        case.customer = to
    AuthorRow.objects.filter(pk__in=row.authors).update(customer=to)
    SlaPolicyRow.objects.filter(pk__in=row.policies).update(customer=to)
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(customer=to)
