"""Where an address stands among what a search found (R20)."""

import pytest

from amends.casework.ranking import check_place, check_ranked, place_of, same_page
from amends.terms import BadInput

PAGE = "https://www.example.org/post/1/?utm_source=x#comments"


@pytest.mark.parametrize(
    "other",
    [
        "http://example.org/post/1", "https://m.example.org/post/1/", "https://EXAMPLE.org/post/1?s=20",
        "https://www.example.org/post/1?utm_medium=y",
    ],
)  # fmt: skip
def test_one_page_has_many_addresses(other: str) -> None:
    assert same_page(other) == same_page(PAGE)


@pytest.mark.parametrize("other", ["https://example.org/post/2", "https://example.org/post/1?p=2"])
def test_another_page_is_another(other: str) -> None:
    assert same_page(other) != same_page(PAGE)


def test_first_coming_is_the_place_and_none_where_it_is_not_there() -> None:
    found = ["https://a.example/", "http://example.org/post/1", "https://example.org/post/1/"]
    assert (place_of(PAGE, found), place_of("https://b.example/", found)) == (2, None)


@pytest.mark.parametrize(("typed", "place"), [("3", 3), (" 40 ", 40), ("", None), ("-", None)])
def test_place_is_typed_as_people_do(typed: str, place: int | None) -> None:
    assert check_place(typed) == place


@pytest.mark.parametrize("typed", ["first", "-3", "1001", "²", "1.5"])
def test_what_is_no_place_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        check_place(typed)


@pytest.mark.parametrize(
    ("query", "address"),
    [("", PAGE), ("x" * 201, PAGE), ("halcyon", "javascript:alert(1)"), ("halcyon", "example.org")],
)
def test_what_cannot_be_looked_up_is_refused(query: str, address: str) -> None:
    with pytest.raises(BadInput):
        check_ranked(query, address)
