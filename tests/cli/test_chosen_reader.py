"""Which reader a command reads with: the settings say."""

from pathlib import Path

import pytest

from amends.cli.start import chosen_reader
from amends.terms import BadInput
from amends.understanding.reader import SHIPPED


def test_settings_name_the_reader_and_what_its_deep_tier_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = chosen_reader().model
    monkeypatch.setenv("AMENDS_READER", str(SHIPPED))
    assert chosen_reader().model == both
    monkeypatch.setenv("AMENDS_READER_DEPTH", "none")
    assert chosen_reader().model == both.partition("+")[0]


def test_reader_that_is_not_there_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AMENDS_READER", str(tmp_path / "gone"))
    with pytest.raises(BadInput, match="no reader model at"):
        chosen_reader()


def test_depth_is_one_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_READER_DEPTH", "deepest")
    with pytest.raises(BadInput, match="none, unsure or all"):
        chosen_reader()
