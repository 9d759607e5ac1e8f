"""``amends bench read``: readers side by side."""

import csv
from pathlib import Path

import pytest

from amends.bench.reading import bench_reading
from amends.terms import BadInput
from amends.understanding.training import TrainingFiles, discover

ROWS = [
    ("my bag is lost again, awful", 0),
    ("the shop opens at nine", 1),
    ("love it, thank you!", 2),
]
KINDS = ["", ", terms watched", ", mentions", ", mentions, terms watched"]


def test_all_tiers_read_the_same_posts_in_one_run(tmp_path: Path) -> None:
    path = tmp_path / "tweeteval" / "sentiment.val.csv"
    path.parent.mkdir()
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *ROWS * 2])
    told = bench_reading(discover(tmp_path), None, seed=1, rounds=1)
    tiers = ["fast alone", "both", "deep for all", "deep alone"]
    assert [figure.what for figure in told.figures][:4] == tiers
    whole = [figure.what for figure in told.figures if "all readings" in figure.what]
    assert whole == [
        *(f"{tier}, all readings{kind}" for tier in tiers[:2] for kind in KINDS),
        "fast alone, all readings, under a head",
    ]
    assert [told.values[f"tweeteval-sentiment-val ({tier})"] for tier in tiers[:3]] == [100.0] * 3
    assert told.values["read deep, percent (deep for all)"] == 100.0


def test_folder_without_validation_sets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="none of the sets"):
        bench_reading(TrainingFiles(tmp_path), None, seed=1)
