"""``docs/import.md`` names every format, field, and reason."""

from pathlib import Path
from typing import get_args

from amends.listening.history import FORMATS, SkipReason
from amends.listening.history.schemas.columns import TARGETS

DOCS = (Path(__file__).parents[3] / "docs" / "import.md").read_text()
DROPS = ("seen_before", "own_post", "repost", "empty", "no_watch", *get_args(SkipReason))


def test_formats_fields_and_reasons_are_documented() -> None:
    names = [*FORMATS, *TARGETS, *DROPS]
    assert [name for name in names if f"`{name}`" not in DOCS] == []


def test_every_reason_that_steps_give_is_in_the_list() -> None:
    import re

    steps = Path(__file__).parents[3] / "src" / "amends" / "listening" / "steps.py"
    given = set(re.findall(r'dropped = "(\w+)"', steps.read_text()))
    assert given == set(DROPS) - set(get_args(SkipReason))
