"""Renewed secrets are kept, and so is what a paid network has cost."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from amends.bench.faults.clock import START
from amends.connectors.protocol import Secrets, Spending
from amends.desk.actions.secrets import seal, unseal
from amends.desk.models import ChannelRow
from amends.desk.queries.listened import cursors_for
from amends.desk.workers.metering import attach, keep_spending, spending_of
from tests.factories import channel
from tests.people import mina

pytestmark = [pytest.mark.database, pytest.mark.alike, pytest.mark.django_db]

SPENT = Spending(month="2026-03", dollars={"post_read": 1.25})


class Paid:
    """A connector that costs, and whose secrets are renewed."""

    renewed: Any = None

    def __init__(self) -> None:
        self.spending = Spending(month="2026-03")

    def resume_spending(self, spending: Spending) -> None:
        self.spending = spending


async def inline(work: Callable[[], Any]) -> Any:
    return work()


def attached(row: ChannelRow) -> Paid:
    made = Paid()
    task = attach(row, cast("Any", made), cast("Any", inline))
    _finish(task)
    return made


def _finish(task: Any) -> None:
    """To its end, in this thread, which holds the test's transaction."""
    with pytest.raises(StopIteration):
        task.send(None)


def test_renewed_secrets_are_stored_and_the_listener_goes_on() -> None:
    row = channel()
    _finish(attached(row).renewed({"access_token": "new"}))
    again = ChannelRow.objects.get(pk=row.pk)
    assert (unseal(bytes(again.secret)), again.version) == ({"access_token": "new"}, row.version)


def test_renewed_secrets_of_an_old_connection_are_not_stored() -> None:
    row = channel()
    keep: Callable[[Secrets], Any] = attached(row).renewed
    ChannelRow.objects.filter(pk=row.pk).update(version=row.version + 1, secret=seal({"a": "b"}))
    _finish(keep({"access_token": "new"}))
    assert unseal(bytes(ChannelRow.objects.get(pk=row.pk).secret)) == {"a": "b"}


def test_spending_goes_on_where_it_stood_and_is_no_source() -> None:
    row = channel()
    assert spending_of(row) is None
    keep_spending(row.pk, SPENT, START)
    keep_spending(row.pk, SPENT, START)
    assert attached(row).spending == SPENT
    assert cursors_for(mina()) == []
