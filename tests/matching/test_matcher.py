"""What a query finds (R01)."""

import pytest

from amends.matching import Hit, compile  # noqa: A004
from amends.terms import Post

FOUND = [
    ("acme", "ACME lost my bag"),
    ("acme", "Acme's late, acme\u2019s always late"),
    ("acme", "(acme)!"),
    ("acme", "\U0001f621acme\U0001f621"),
    ("acme", "ac\u200bm\u00ade"),
    ("acme", "#Acme is late"),
    ("acme", "@acme is late"),
    ("acme", "\uff21\uff23\uff2d\uff25"),
    ("acme", "\u6211\u4e70acme\u624b\u673a"),
    ("strasse", "Stra\u00dfe"),
    ("\u624b\u673a", "\u6211\u7684\u624b\u673a\u574f\u4e86"),
    (
        "\u0e1a\u0e34\u0e19",
        "\u0e2a\u0e32\u0e22\u0e01\u0e32\u0e23\u0e1a\u0e34\u0e19\u0e41\u0e22\u0e48",
    ),
    ("iphone\u624b\u673a", "\u4e70iPhone\u624b\u673a\u4e86"),
    ("wi-fi", "the wi fi is down"),
    ("acme_air", "#acme_air"),
    ('"acme air"', "Acme, Air is late"),
    ('"acme air"', "acme-air"),
    ('"acme air"', "acme\n\nair"),
    ('"say \\"hi\\" twice"', "say hi twice"),
    ("@AcmeAir", "hey @acmeair"),
    ("@acme.example.com", "hey @acme.example.com!"),
    ("@acme", "hey @acme.please help"),
    ("#AcmeFail", "so #acmefail"),
    ("$acme", "sell $ACME now"),
    ("or", "now or never"),
    ("nope OR acme", "acme"),
]
NOT_FOUND = [
    ("acme", "acmes acme2 \u00e1cme"),
    ("acme", "#acmeair"),
    ("acme", "#acme_air #my_acme"),
    ("cafe", "caf\u00e9 cafe\u0301"),
    ("\u624b\u673a", "\u624b \u673a, \u624b\u3002\u673a"),
    ("\u624b\u673a", "#\u624b\u673a\u574f\u4e86"),
    ('"acme air"', "air acme"),
    ('"acme air"', "acme the air"),
    ('"acme air"', "acme #airline"),
    ('"acme air"', "acmeair"),
    ("@acme", "@acmeair @acme_ a@acme me@acme.example"),
    ("@acme", "@acme.example.com @acme@social.example"),
    ("@acme", "https://social.example/@acme"),
    ("@acme", "acme"),
    ("#late", "https://a.example/x#late #late2 late a#late &#late"),
    ("$acme", "$acmes acme"),
    ("acme", ""),
]


def saying(text: str) -> Post:
    return Post(id="1", text=text)


@pytest.mark.parametrize(("query", "text"), FOUND)
def test_found(query: str, text: str) -> None:
    assert list(compile({"w": query}).batch([saying(text)])[0]) == ["w"]


@pytest.mark.parametrize(("query", "text"), NOT_FOUND)
def test_not_found(query: str, text: str) -> None:
    assert compile({"w": query}).batch([saying(text)]) == [{}]


def test_batch_tells_terms_as_written_in_order_of_first_hit() -> None:
    matcher = compile({"a": 'Acme OR "Acme  Air" OR @AcmeAir', "b": "late OR Air"})
    assert matcher.batch(
        [saying("@acmeair: Acme air, acme late"), saying("nothing"), saying("so late")]
    ) == [
        {"a": ("@AcmeAir", "Acme", "Acme  Air"), "b": ("Air", "late")},
        {},
        {"b": ("late",)},
    ]


def test_explain_gives_places_in_the_original_text() -> None:
    text = "\ufb01x AC\u200bME's #Late"
    hits = compile({"a": "acme OR fix", "b": "#late OR acme"}).explain(text)
    assert hits == [
        Hit("a", "fix", 0, 2),
        Hit("a", "acme", 3, 8),
        Hit("b", "acme", 3, 8),
        Hit("b", "#late", 11, 16),
    ]
    assert [text[hit.start : hit.end] for hit in hits] == [
        "\ufb01x",
        "AC\u200bME",
        "AC\u200bME",
        "#Late",
    ]


def test_every_place_is_explained() -> None:
    hits = compile({"a": "acme"}).explain("acme acme")
    assert hits == [Hit("a", "acme", 0, 4), Hit("a", "acme", 5, 9)]


def test_no_queries_find_nothing() -> None:
    assert compile({}).batch([saying("acme")]) == [{}]
