"""``amends bench cases``: what the inbox asks of the database, as the desk grows."""

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import msgspec

from amends.bench.figures import percentile
from amends.casework import CaseState, Outcome, Priority, Role

if TYPE_CHECKING:
    from django.db.models import Model

    from amends.desk.models import Case

CHUNK: Final = 5_000
DAY: Final = timedelta(days=1)
TEXT: Final = "My bag has been in Oslo since Tuesday and nobody at Brindlewing picks up the phone."
NETWORKS: Final = ("demo", "bluesky", "mastodon")


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """``cases``: at how many cases to measure, growing. ``live``: the share of those not settled.
    ``times``: how often each query is asked, in each of three rounds."""

    cases: Sequence[int]
    live: float
    times: int
    seed: int


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds, of the round whose 99th percentile was least: by the clock, and of this
    process's own time, in which others do not tell (nor does PostgreSQL's server)."""

    what: str
    cases: int
    p50_ms: float
    p99_ms: float
    cpu_p99_ms: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    database: str
    task: Task
    measured: list[Measured]


def run(task: Task, *, say: Callable[[str], None]) -> Report:
    """Fill the desk of this process up to each number of cases, and ask it then."""
    from django.db import connection

    desk = _Desk(task)
    measured: list[Measured] = []
    for number in sorted(task.cases):
        say(f"{number:,} cases …")
        desk.fill(number)
        measured += desk.measure()
    return Report(database=connection.vendor, task=task, measured=measured)


class _Desk:
    """A desk of made-up cases: each customer has four on average, some many."""

    def __init__(self, task: Task) -> None:
        from amends.desk.actions import first_administrator, save_brand
        from amends.desk.models import Responder

        self.task, self.rng, self.made = task, random.Random(task.seed), 0  # noqa: S311
        self.customers = 0
        self.now = datetime.now(UTC)
        self.brand = save_brand(None, name="Brindlewing")
        first_administrator(email="bench@localhost.example")
        self.people: list[Responder] = [
            Responder.objects.create_user(
                f"r{number}@localhost.example", name=f"Responder {number}", role=Role.RESPONDER
            )
            for number in range(30)
        ]

    def fill(self, number: int) -> None:
        from django.db import connection, transaction

        while self.made < number:
            with transaction.atomic():
                self._add(min(CHUNK, number - self.made))
        if connection.vendor == "postgresql":  # what its autovacuum does in time
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")

    def _add(self, number: int) -> None:
        from amends.desk.actions.clockwork import wind
        from amends.desk.models import AuthorRow, Customer, PostRow, ReadingRow

        first = self.made + 1
        numbers = range(first, first + number)
        newcomers = range(self.customers + 1, (self.made + number) // 4 + 2)
        self.customers = newcomers[-1]
        _put([Customer(pk=n, since=self.now) for n in newcomers])
        _put([
            AuthorRow(pk=n, network="demo", native_id=f"a{n}", handle=f"someone{n}", customer_id=n)
            for n in newcomers
        ])  # fmt: skip
        cases = [self._case(n, self._somebody()) for n in numbers]
        told = [case.opened_at for case in cases]
        _put([
            PostRow(pk=n, network=case.network, native_id=f"p{n}", author_id=case.customer_id,
                    created_at=at, heard_at=at, text=f"{TEXT} {n}", conversation=f"p{n}", taken_in=True)
            for n, case, at in zip(numbers, cases, told, strict=True)
        ])  # fmt: skip
        _put([
            ReadingRow(post_id=n, complaint=0.9, praise=0.0, question=0.1, sentiment="negative",
                       model="made-up") for n in numbers
        ])  # fmt: skip
        wind(cases)
        for case in cases:  # what ran out before was told long ago
            if case.alarm_at is not None and case.alarm_at <= self.now:
                case.alarm_at = None
        _put(cases)
        self.made += number

    def _somebody(self) -> int:
        """Some write again and again."""
        return 1 + int(self.customers * self.rng.random() ** 2)

    def _case(self, number: int, customer: int) -> "Case":
        from amends.desk.models import Case

        rng, live = self.rng, self.rng.random() < self.task.live
        state = rng.choice(list(_LIVE) if live else [CaseState.RESOLVED, *[CaseState.CLOSED] * 5])
        opened = self.now - (14 if live else 700) * DAY * rng.random()
        answered = opened + DAY * rng.random() / 8 if state is not CaseState.NEW else None
        settled = opened + DAY * rng.random() if not live else None
        waits = [[(answered or opened).isoformat(), None]]
        return Case(
            pk=number, ref=f"B{number}", brand=self.brand, customer_id=customer, first_post_id=number,
            network=rng.choice(NETWORKS), conversation=f"p{number}", state=state,
            outcome=Outcome.SILENT if state is CaseState.CLOSED else "",
            priority=rng.choices(list(Priority), (10, 60, 25, 5))[0],
            owner=rng.choice(self.people) if answered else None,
            opened_at=opened, answered_at=answered, acknowledged_at=answered,
            unanswered_since=opened if answered is None else None, resolved_at=settled,
            closed_at=settled if state is CaseState.CLOSED else None, touched_at=settled or opened,
            pauses=waits if state in (CaseState.WAITING, CaseState.RESOLVED) else None,
            spread=int(rng.paretovariate(1.2)) - 1,
        )  # fmt: skip

    def measure(self) -> list[Measured]:
        asked = self._questions()
        return [self._time(what, ask) for what, ask in asked.items()]

    def _questions(self) -> dict[str, Callable[[], object]]:
        from amends.desk.queries import InboxFilter, Tab, inbox_page, tab_counts
        from amends.desk.queries.clocks import due_alarms
        from amends.desk.queries.context import history_of

        rng, soon = self.rng, self.now + timedelta(minutes=15)
        places: list[str] = []

        def page(tab: Tab) -> Callable[[], object]:
            return lambda: inbox_page(rng.choice(self.people), InboxFilter(tab=tab))

        def further() -> None:
            """Page after page, so that deep ones are among them."""
            after = places.pop() if places else ""
            found = inbox_page(self.people[0], InboxFilter(after=after))
            places.extend([found.next] if found.next else [])

        return {
            "inbox by cost of waiting": page(Tab.ALL),
            "inbox, page after page": further,
            "inbox, mine": page(Tab.MINE),
            "inbox, of nobody": page(Tab.UNASSIGNED),
            "inbox, to acknowledge": page(Tab.ACKNOWLEDGE),
            "inbox, to close out": page(Tab.CLOSE_OUT),
            "counts of the tabs": lambda: tab_counts(rng.choice(self.people), InboxFilter()),
            "next clock due": lambda: due_alarms(now=soon, most=50),
            "one customer's history": lambda: history_of(
                1 + rng.randrange(self.customers), self.people[0]
            ),
        }

    def _time(self, what: str, ask: Callable[[], object]) -> Measured:
        rounds = [[_asked(ask) for _ in range(self.task.times)] for _ in range(3)]
        best = min(rounds, key=lambda one: percentile([wall for wall, _ in one], 0.99))
        walls, cpus = [wall for wall, _ in best], [cpu for _, cpu in best]
        return Measured(
            what=what, cases=self.made, p50_ms=percentile(walls, 0.5),
            p99_ms=percentile(walls, 0.99), cpu_p99_ms=percentile(cpus, 0.99),
        )  # fmt: skip


def _asked(ask: Callable[[], object]) -> tuple[float, float]:
    """How long it took, in milliseconds by the clock and of this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    ask()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


_LIVE: Final = (CaseState.NEW, CaseState.OPEN, CaseState.WAITING)


def _put(rows: "Sequence[Model]") -> None:
    """As they are, with the primary keys they were given."""
    from amends.desk.actions.bulk import insert_values

    if rows:
        model: Any = type(rows[0])
        names = [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001
        insert_values(model, names, list(map(attrgetter(*names), rows)))


def lines_of(report: Report) -> list[str]:
    """A table: each query at each size, and how its 99th percentile grew from the first."""
    sizes = sorted({one.cases for one in report.measured})
    head = " ".join(f"{f'{size:,}':>26}" for size in sizes)
    live = f"{report.task.live:.0%} live, {report.task.times} times each"
    lines = [
        f"{report.database}, {live}",
        f"{'cases':26} {head} {'p99 grew':>9} {'cpu p99':>8}",
        f"{'ms':26} " + " ".join(f"{'p50':>8} {'p99':>8} {'cpu p99':>8}" for _ in sizes),
    ]
    for what in dict.fromkeys(one.what for one in report.measured):
        row = [one for one in report.measured if one.what == what]
        cells = " ".join(
            f"{one.p50_ms:8.2f} {one.p99_ms:8.2f} {one.cpu_p99_ms:8.2f}" for one in row
        )
        grew = row[-1].p99_ms / row[0].p99_ms, row[-1].cpu_p99_ms / row[0].cpu_p99_ms
        lines.append(f"{what:26} {cells} {grew[0]:8.1f}x {grew[1]:7.1f}x")
    return lines
