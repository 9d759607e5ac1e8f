"""Normalising, as the query language settles it (R01)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.text import normalise, normalise_aligned, normalise_keeping_case

CASES = {
    "Acme AIR": "acme air",
    "Stra\u00dfe": "strasse",
    "\uff21\uff43\uff4d\uff45": "acme",
    "\ufb01x": "fix",
    "ac\u200bm\u00ade\ufeff": "acme",
    "acm\u202ee\u2066": "acme",
    "Acme\u2019s \u2018air\u02bc": "acme's 'air'",
    "cafe\u0301": "caf\u00e9",
    "\uff76\uff9e": "\u30ac",
    "\u0130": "i\u0307",
}


@pytest.mark.parametrize(("text", "expected"), CASES.items())
def test_normal_form(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_accents_are_kept() -> None:
    assert normalise("Caf\u00e9") != normalise("Cafe")


@given(st.text())
def test_aligned_form_is_the_normal_form_with_one_span_each(text: str) -> None:
    form, spans = normalise_aligned(text)
    assert form == normalise(text)
    assert len(spans) == len(form)
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)


def test_spans_lead_back_through_ligatures_and_invisible_characters() -> None:
    form, spans = normalise_aligned("\ufb01\u200bx")
    assert [(char, span) for char, span in zip(form, spans, strict=True)] == [
        ("f", (0, 1)),
        ("i", (0, 1)),
        ("x", (2, 3)),
    ]


def test_letters_that_compose_across_clusters_keep_a_span() -> None:
    assert normalise_aligned("a\u3131\u314f") == ("a\uac00", [(0, 3), (0, 3)])


@given(st.text())
def test_form_with_capitals_folds_to_the_normal_form(text: str) -> None:
    kept = normalise_keeping_case(text)
    assert kept.casefold().replace("\u02bc", "'") == normalise(text)


def test_capitals_are_kept_and_all_else_is_normal() -> None:
    assert normalise_keeping_case("\uff35S\u2019s \u00adStra\u00dfe") == "US's Stra\u00dfe"
