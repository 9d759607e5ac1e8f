"""What more labels would bring, on sets made up here (R07)."""

import csv
import gzip
from pathlib import Path
from typing import Any

import pytest

from amends.terms import BadInput
from amends.understanding.training import TrainingFiles, discover
from amends.understanding.training.curve import Goal, bench_curve, curve_lines, with_goal
from amends.understanding.training.curve_picture import picture
from tests.understanding.made import tiny_encoder

BAD, CALM = ("my {} is broken", "never a {} that works"), ("where is the {}", "the {} is lovely")
THINGS = ("kettle", "train", "parcel", "router", "ticket", "coat", "sofa", "lamp", "boiler", "bill")


def _write(path: Path, rows: list[tuple[object, ...]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    start: Any = gzip.open if path.suffix == ".gz" else open
    with start(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def _complaints(folder: Path) -> None:
    rows: list[tuple[object, ...]] = [("text", "label", "domain")]
    for domain in ("cars", "food", "random_tweet"):
        for form, said in (*((one, 1) for one in BAD), *((one, 0) for one in CALM)):
            if domain != "random_tweet" or not said:
                rows += [(f"{form.format(one)} {domain}", said, domain) for one in THINGS]
    _write(folder / "complaints-acl2019/complaints.csv.gz", rows)


def test_figures_are_told_by_share_of_the_labels_and_by_layers(tmp_path: Path) -> None:
    """Out of fold, for the set and for its domains left out."""
    _complaints(tmp_path)
    encoder = tiny_encoder(tmp_path / "encoder")
    told = bench_curve(discover(tmp_path), encoder, 7, lambda _: None)
    assert list(told) == ["complaints-acl2019", "a domain of the ACL 2019 set left out"]
    for lines in told.values():
        labels = lines["labels"]
        assert list(labels) == ["12.5 %", "25 %", "50 %", "100 %"]
        assert list(lines["layers"]) == ["1", "2"]
        assert lines["layers"]["2"] == labels["100 %"]
        assert lines["last_doubling"] == round(labels["100 %"] - labels["50 %"], 1)
    assert curve_lines(told)[0].startswith("complaints-acl2019: goal 89, ")


@pytest.mark.parametrize(
    ("half", "whole", "said"),
    [
        (79.0, 81.0, "reached; the last doubling brought 2"),
        (74.0, 75.0, "5 doublings short; the last doubling brought 1"),
        (75.0, 75.0, "flat; the last doubling brought 0"),
    ],
)
def test_how_far_a_goal_is_goes_by_the_last_doubling(half: float, whole: float, said: str) -> None:
    lines = {"labels": {"50 %": half, "100 %": whole}, "layers": {}}
    assert curve_lines({"a": with_goal(lines, Goal("a", 80.0))})[0] == f"a: goal 80, {said}"


def test_picture_draws_each_goal() -> None:
    lines = {
        "goal": 80.0,
        "labels": {"50 %": 70.0, "100 %": 72.5},
        "layers": {"1": 60.0, "2": 72.5},
    }
    drawn = picture({"one & two": lines, "three": lines | {"layers": {}}})
    assert drawn.count("<g ") == 2
    assert drawn.count("polyline") == 3
    assert "one &amp; two" in drawn


def test_folder_without_such_sets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no labelled set"):
        bench_curve(TrainingFiles(tmp_path), tiny_encoder(tmp_path), 7, lambda _: None)
