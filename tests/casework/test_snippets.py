"""Snippets: parts of replies with variables, and blanks that nobody overlooks."""

import pytest

from amends.casework.snippets import (
    VARIABLES,
    Filled,
    check_key,
    check_texts,
    choose_language,
    fill,
    first_name,
)
from amends.guard import check, verdict_of
from amends.terms import BadInput

KNOWN = {"customer.first_name": "Rosa", "case.ref": "T1", "responder.initials": "MK"}


def test_places_are_filled_in_from_the_case() -> None:
    text = "Hi {customer.first_name}, your reference is { Case.Ref }. ^{responder.initials}"
    assert fill(text, KNOWN) == Filled("Hi Rosa, your reference is T1. ^MK")


def test_value_is_never_filled_in_again() -> None:
    """A profile may be called anything, a place too."""
    hostile = {"customer.name": "{case.ref}\n[x]", "case.ref": "T1"}
    assert fill("{customer.name}", hostile).text == "{case.ref} [x]"


def test_what_nobody_sees_in_a_name_is_not_said_by_us() -> None:
    assert (
        fill("Hi {customer.name}!", {"customer.name": "\u202ero\u200bsa\0 \u200f"}).text
        == "Hi rosa!"
    )


def test_missing_value_is_a_visible_blank_which_the_guard_stops() -> None:
    """R29: "This is a place that nobody filled in." """
    every = [fill(f"Found in Oslo, {{{name}}}.", {}) for name in VARIABLES]
    assert [one.blanks for one in every] == [(name,) for name in VARIABLES]
    for filled in (every[0], every[-1]):
        findings = check(filled.text)
        assert "unfilled" in {one.code for one in findings}
        assert verdict_of(findings) == "stop"


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Rosa Voss", "Rosa"),
        ("Anne-Marie O\u2019Neil", "Anne-Marie"),
        ("ルル 子", "ルル"),
        ("✨Rosa✨", ""),
        ("R. Voss", ""),
        ("xX_rosa_Xx", ""),
        ("LOUD FAN", ""),
        ("", ""),
    ],
)
def test_first_name_is_one_or_none(name: str, first: str) -> None:
    """R27: nobody is greeted by what is no name."""
    assert first_name(name) == first


def test_texts_are_kept_by_language() -> None:
    assert check_texts({"DE": " Hallo\r\n ", "en": "Hi {customer.first_name}", "fr": " "}) == {
        "de": "Hallo",
        "en": "Hi {customer.first_name}",
    }


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ({}, "in one language at least"),
        ({"english": "Hi"}, "“english” is no language"),
        ({"en": "Hi {customer.age}"}, "There is no place {customer.age}"),
        ({"en": "Hi {customer.first_name"}, "opened or closed alone"),
        ({"en": "x" * 2001}, "longer than 2,000 characters"),
    ],
)
def test_what_cannot_be_filled_in_is_refused_with_a_sentence(
    texts: dict[str, str], says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        check_texts(texts)


def test_key_is_short_and_plain() -> None:
    assert check_key(" Late-Bag ") == "late-bag"
    with pytest.raises(BadInput, match="small letters, digits and dashes"):
        check_key("late bag")


def test_language_of_the_post_goes_before_the_desks() -> None:
    chosen = [choose_language(["de", "en", "fr"], wanted=one) for one in ("fr", "de-AT", "ja", "")]
    assert chosen == ["fr", "de", "en", "en"]
    assert choose_language(["nl"], wanted="de") == "nl"
