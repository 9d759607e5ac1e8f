"""Who is at a case, and whom a note names."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.casework.together import STAYS, TYPES, Seen, There, named_in, who_is_there
from tests.factories import NOON

SECOND = timedelta(seconds=1)
PEOPLE = {1: "Mina Kaya", 2: "Omar Haddad", 3: "Mina Berg", 4: "Zoë"}


def test_whoever_was_heard_of_lately_is_there_and_writers_come_first() -> None:
    seen = [
        Seen(1, NOON),
        Seen(2, NOON - STAYS),
        Seen(3, NOON - STAYS + SECOND, "public", NOON - TYPES + SECOND),
        Seen(4, NOON, "note", NOON - TYPES),
        Seen(5, NOON),
    ]
    assert who_is_there(seen, now=NOON, besides=5) == [There(3, "public"), There(1), There(4)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Mina Kaya, look", [1]),
        ("@mina berg and @OMAR: please. @Omar Haddad", [3, 2]),
        ("@Mina is one of two", []),
        ("write to mina@omar.example or a@Zoë", []),
        ("(@Zoë) @@omar", [4]),
        ("@Omarion, @Zoë's", [4]),
    ],
)
def test_note_names_whoever_can_be_meant_alone(text: str, named: list[int]) -> None:
    assert named_in(text, PEOPLE) == named


@given(st.text(alphabet="@ mina kayaberg.\n", max_size=60))
def test_only_who_stands_behind_an_at_is_named(text: str) -> None:
    found = named_in(text, PEOPLE)
    assert all(f"@{PEOPLE[one].casefold()}" in text.casefold() for one in found)
