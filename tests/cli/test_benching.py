"""What ``amends bench cluster`` leaves behind."""

from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from click.testing import CliRunner

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
