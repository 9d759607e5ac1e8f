"""What ``amends bench cases`` is made of."""

import pytest

from amends.bench.cases import Measured, Report, Task, lines_of, run
from amends.desk.models import Case

pytestmark = pytest.mark.database


def test_desk_is_filled_further_and_every_query_asked_at_each_size() -> None:
    said: list[str] = []
    task = Task(cases=(120, 100), live=0.5, times=1, seed=1)
    report = run(task, say=said.append)
    assert (said, Case.objects.count()) == (["100 cases …", "120 cases …"], 120)
    asked = {one.what for one in report.measured}
    assert (len(asked), len(report.measured)) == (9, 18)
    assert (
        Case.objects.filter(rank=None).count()
        == Case.objects.exclude(state__in=["new", "open", "waiting"]).count()
    )


@pytest.mark.alike
def test_report_says_how_each_query_grew() -> None:
    task = Task(cases=(100, 1000), live=0.4, times=9, seed=1)
    measured = [
        Measured(what="inbox", cases=size, p50_ms=1.0, p99_ms=p99, cpu_p99_ms=1.0)
        for size, p99 in ((100, 2.0), (1000, 5.0))
    ]
    assert lines_of(Report(database="sqlite", task=task, measured=measured)) == [
        "sqlite, 40% live, 9 times each",
        "cases                                             100                      1,000  p99 grew  cpu p99",
        "ms                              p50      p99  cpu p99      p50      p99  cpu p99",
        "inbox                          1.00     2.00     1.00     1.00     5.00     1.00      2.5x     1.0x",
    ]
