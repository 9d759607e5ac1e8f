"""Snippets at the desk: in versions, by key, in the customer's language."""

import pytest

from amends.desk.actions.snippets import remove_snippet, save_snippet
from amends.desk.models import Case, Snippet
from amends.desk.queries.snippets import parts_on, snippets_now
from amends.terms import BadInput, NotAllowed
from tests.factories import NOON, case
from tests.people import ada, mina

pytestmark = [pytest.mark.database, pytest.mark.alike]


def _snippet(key: str = "late-bag", row: Snippet | None = None, **texts: str) -> Snippet:
    texts = texts or {"en": "Hi {customer.first_name}, about {case.ref}:"}
    return save_snippet(row, key=key, name="Late bags", texts=texts, by=ada(), now=NOON)


def _keys(row: Case, words: str) -> list[str]:
    return [part.snippet.key for part in parts_on(row, mina(), language="", words=words)]


def test_every_change_is_a_version_and_none_is_lost() -> None:
    row = _snippet()
    _snippet(row=row)  # changes nothing
    _snippet(row=row, de="Hallo")
    kept = list(row.versions.order_by("number").values_list("number", "texts", "by"))
    first = {"en": "Hi {customer.first_name}, about {case.ref}:"}
    assert kept == [(1, first, ada().pk), (2, {"de": "Hallo"}, ada().pk)]


def test_snippet_reads_as_the_case_and_its_language_have_it() -> None:
    _snippet(en="Hi {customer.first_name}", de="Hallo {customer.first_name}, {responder.initials}")
    parts = parts_on(case(), mina(), language="de")
    assert [(p.language, p.filled.text, p.filled.blanks) for p in parts] == [
        ("de", "Hallo Rosa, MK", ())
    ]


def test_search_by_key_comes_first_then_words() -> None:
    row = case()
    for key, text in (("bag", "x"), ("late", "y"), ("refund", "Your late bag")):
        _snippet(key, en=text)
    assert _keys(row, "late") == ["late", "bag", "refund"]  # all are named "Late bags"
    assert (_keys(row, "your bag"), _keys(row, "nothing")) == (["refund"], [])


def test_key_is_free_again_once_its_snippet_is_removed() -> None:
    row = _snippet()
    with pytest.raises(BadInput, match="another snippet with the key late-bag"):
        _snippet()
    remove_snippet(row, by=ada(), now=NOON)
    again = _snippet()
    assert list(snippets_now()) == [again]


def test_responder_sets_no_snippet_up() -> None:
    with pytest.raises(NotAllowed):
        save_snippet(None, key="x", name="x", texts={"en": "x"}, by=mina(), now=NOON)
    with pytest.raises(NotAllowed):
        remove_snippet(_snippet(), by=mina(), now=NOON)
