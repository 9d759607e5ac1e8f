"""Two workers follow rules at one time: each rule acts once, and a cap is counted one after the other."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from amends.desk.actions.rules import switch_rule
from amends.desk.actions.ruling import run_rules
from amends.desk.models import OutgoingReply, RuleDue, RuleRun
from tests.desk.test_ruling import LATER, speaking
from tests.factories import NOON, heard_at_once, mention
from tests.people import ada

pytestmark = [
    pytest.mark.database,
    pytest.mark.two_writers,
    pytest.mark.django_db(transaction=True),
]


def _at_once(*acts: object) -> list[BaseException]:
    """Run them at one time, each with a connection of its own; what went wrong."""
    wrong: list[BaseException] = []
    ready = threading.Barrier(len(acts))

    def run(act: object) -> None:
        try:
            ready.wait(10)
            act()  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001 (told below)
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return wrong


def test_two_workers_act_once_and_keep_one_cap_between_them() -> None:
    made = speaking(per_hour=2, per_day=2)
    heard_at_once(*(mention(f"Halcyon lost bag {n}", handle=f"p{n}") for n in range(6)))
    work = [lambda: run_rules(now=LATER)] * 3
    assert _at_once(*work) == []
    run_rules(now=LATER + timedelta(days=1))  # what one of them put off
    assert (RuleRun.objects.count(), RuleDue.objects.count()) == (6, 0)
    first_day = OutgoingReply.objects.filter(rule__rule=made, queued_at=LATER)
    assert first_day.count() == 2


def test_rule_can_be_switched_while_workers_follow_it() -> None:
    """No two wait for each other in a ring."""
    made = speaking(per_hour=9, per_day=9)
    heard_at_once(*(mention(f"Halcyon lost bag {n}", handle=f"p{n}") for n in range(6)))

    def flick() -> None:
        for on in (False, True, False, True):
            switch_rule(made, on=on, by=ada(), now=NOON)

    assert _at_once(lambda: run_rules(now=LATER), flick, lambda: run_rules(now=LATER)) == []
    assert RuleDue.objects.count() == 0
