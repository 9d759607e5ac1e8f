"""The order of normalising, tokens and scripts, by cases (R01, R04)."""

import pytest

from amends.matching import Facts, evaluate, parse
from amends.terms import Post

FOUND = [
    ("acme", "\uff21\uff23\uff2d\uff25", "full width"),
    ("\uff41\uff43\uff4d\uff45", "acme", "full width in the query"),
    ("strasse", "STRA\u1e9eE", "full case folding"),
    ("\u03a3\u0399\u03a3\u03a5\u03a6\u039f\u03a3", "\u03c3\u03b9\u03c3\u03c5\u03c6\u03bf\u03c2", "final sigma"),
    ("fix", "\ufb01x", "ligature"),
    ("acme", "ac\u200bme \u00adlate", "zero width"),
    ("acme", "a\u00adc\u2060m\ufeffe", "soft hyphen, word joiner, byte order mark"),
    ("ac\u200bme", "acme", "zero width in the query"),
    ("acme", "acm\u202ee", "bidirectional control"),
    ("o'reilly", "O\u2019Reilly", "curly apostrophe"),
    ("o\u02bcreilly", "O'Reilly", "letter apostrophe"),
    ("acme", "Acme\u2019s", "possessive"),
    ("acme", "Acme\u00b4s", "acute as apostrophe"),
    ("caf\u00e9", "CAFE\u0301", "composed and not"),
    ("diacr\u00edtica", "diacr\u00edtica", "accents honoured"),
    ("cumplea\u00f1os", "cumplean\u0303os", "a tilde on its own"),
    ("x\u0302y", "X\u0302Y", "an accent that composes with nothing"),
    ("acme", "\U0001f621acme\U0001f621", "emoji around"),
    ("acme", "\u300cacme\u300d", "brackets of other scripts"),
    ("acme", "acme\u2026late", "ellipsis"),
    ("acme", "acme\u2014late", "em dash"),
    ("acme", "late\u3000acme\u00a0now", "other blanks"),
    ("acme", "\u201cacme\u201d", "curly quotes"),
    ("acme", "acme_air", "underscore in plain text"),
    ("2024", "in 2024!", "digits"),
    ("\u0662\u0660", "\u0662\u0660", "Arabic digits"),
    ("\u624b\u673a", "\u6211\u7684\u624b\u673a\u574f\u4e86", "Chinese inside"),
    ("\u30d0\u30c3\u30b0", "\u7121\u304f\u3057\u305f\u30d0\u30c3\u30b0\u304c", "Japanese inside"),
    ("\u30d0\u30c3\u30b0", "\uff8a\uff9e\uff6f\uff78\uff9e", "half-width Japanese"),
    ("\u0e01\u0e23\u0e30\u0e40\u0e1b\u0e4b\u0e32", "\u0e17\u0e33\u0e01\u0e23\u0e30\u0e40\u0e1b\u0e4b\u0e32\u0e2b\u0e32\u0e22", "Thai inside"),
    ("\u0e81\u0eb2\u0ec0\u0e9f", "\u0e81\u0eb4\u0e99\u0e81\u0eb2\u0ec0\u0e9f\u0ec1\u0ea5\u0ec9\u0ea7", "Lao inside"),
    ("acme\u624b\u673a", "\u4e70ACME\u624b\u673a\u4e86", "mixed scripts"),
    ("acme", "\u4e70acme\u624b\u673a", "a change of script is a border"),
    ("\ud55c\uad6d", "\ud55c\uad6d \ucd5c\uace0", "Korean is written with blanks"),
    ("\ud55c\uad6d", "\u1112\u1161\u11ab\u1100\u116e\u11a8", "Korean by its parts"),
    ("\u0645\u0631\u062d\u0628\u0627", "\u0645\u0631\u062d\u0628\u0627!", "Arabic"),
    ("\u05e9\u05dc\u05d5\u05dd", "(\u05e9\u05dc\u05d5\u05dd)", "Hebrew"),
    ("\u0939\u093f\u0928\u094d\u0926\u0940", "\u0939\u093f\u0928\u094d\u0926\u0940.", "Devanagari with its signs"),
    ("\u043f\u0440\u0438\u0432\u0435\u0442", "\u041f\u0420\u0418\u0412\u0415\u0422", "Cyrillic"),
    ("#caf\u00e9", "#CAFE\u0301", "hashtag with an accent"),
    ("#\u624b\u673a", "\uff03\u624b\u673a \u574f", "full-width sign"),
    ("@acme", "\u6211\u7231@acme", "a handle behind Chinese"),
    ('"\u624b\u673a \u574f\u4e86"', "\u624b\u673a\u3002\u574f\u4e86", "phrase across a full stop"),
    ('"\u624b\u673a \u574f\u4e86"~2', "\u624b\u673a\u53c8\u574f\u4e86", "near, each sign a token"),
    ("\u2764\ufe0f", "I \u2764 it", "variation selector"),
    ("\U0001f469\u200d\U0001f469\u200d\U0001f467", "my \U0001f469\u200d\U0001f469\u200d\U0001f467", "a family"),
    ("\U0001f1e9\U0001f1ea", "go \U0001f1e9\U0001f1ea!", "a flag"),
    ("fuzzy:ma\u00f1ana", "man\u0303aan", "a slip beside an accent"),
    ('case:"\u00c9TAT"', "l'E\u0301TAT", "capitals with accents"),
    ('case:"Stra\u00dfe"', "die \ufb01ne Stra\u00dfe", "capitals where folding is longer"),
    ("case:US", "die Stra\u00dfe der US", "capitals behind a longer folding"),
    ("refund*", "REFUND\u0301\u0308x", "a prefix before an accent"),
]  # fmt: skip
NOT_FOUND = [
    ("acme", "\u0430cme", "a Cyrillic look-alike"),
    ("diacritica", "diacr\u00edtica", "accents honoured"),
    ("cumplea", "cumplea\u00f1os", "an accent is no border"),
    ("os", "cumplean\u0303os", "an accent is no border"),
    ("cafe", "cafe\u0301s cafe\u0301", "an accent is no border"),
    ("acme", "acme2 2acme", "digits are no border"),
    ("istanbul", "\u0130stanbul", "full folding keeps the dot"),
    ("\u624b\u673a", "\u624b \u673a", "a blank between"),
    ("\u624b\u673a", "\u624b\u3002\u673a", "a full stop between"),
    ("\u624b\u673a", "#\u624b\u673a\u574f\u4e86", "inside a longer hashtag"),
    ("5\u65e5", "15\u65e5", "digits stay one token"),
    ("\ud55c\uad6d", "\ud55c\uad6d\uc774", "no stemming"),
    ("acme", "acm\u00e9", "an accent"),
    ("\u043c\u0438\u0440", "\u043c\u0438\u0440\u0430", "no stemming"),
    ("#acme", "#acm\u00e9", "an accent"),
    ('case:"Stra\u00dfe"', "STRASSE", "capitals"),
    ("case:US", "die Stra\u00dfe der Us", "capitals behind a longer folding"),
    ("\U0001f44e", "\U0001f44d", "another emoji"),
]


def found(query: str, text: str) -> bool:
    return evaluate(parse(query), Facts.of(Post(id="1", text=text)))


@pytest.mark.parametrize(("query", "text", "_what"), FOUND)
def test_found(query: str, text: str, _what: str) -> None:
    assert found(query, text)


@pytest.mark.parametrize(("query", "text", "_what"), NOT_FOUND)
def test_not_found(query: str, text: str, _what: str) -> None:
    assert not found(query, text)
