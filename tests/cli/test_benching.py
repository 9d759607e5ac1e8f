"""What ``amends bench cluster`` leaves behind."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from amends.bench.cluster_report import Report
from amends.cli.benching import cluster
from amends.terms import BadInput


def test_logs_of_a_trial_that_fails_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trial(folder: Path, **_options: object) -> AbstractContextManager[None]:
        (folder / "work.log").write_text("waiting")
        raise BadInput("Nothing moved.")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("amends.bench.cluster.trial", trial)

    done = CliRunner().invoke(cluster, ["--posts", "64"])

    assert isinstance(done.exception, BadInput)
    assert [log.read_text() for log in tmp_path.rglob("work.log")] == ["waiting"]


def test_figures_of_a_trial_whose_brokers_do_not_settle_are_told_and_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noughts = dict.fromkeys(("lost", "twice", "unheard", "removals_missed", "dead"), 0)
    report = Report(
        posts=64, size=1, watches=1, seconds=1.0, expected=1, stored=1, messages=1, faults={}, cpu_s={},
        us_per_post={}, unsettled="Nothing moved.", **noughts,
    )  # fmt: skip

    @contextmanager
    def trial(folder: Path, **_options: object) -> Iterator[SimpleNamespace]:
        (folder / "work.log").write_text("waiting")
        yield SimpleNamespace(run=lambda: report)

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("amends.bench.cluster.trial", trial)

    done = CliRunner().invoke(cluster, ["--posts", "64"])

    assert "1 of 1 posts that name the brand are stored: 0 lost, 0 twice" in done.output
    assert str(done.exception) == "The brokers did not settle: Nothing moved."
    assert [log.read_text() for log in tmp_path.rglob("work.log")] == ["waiting"]
