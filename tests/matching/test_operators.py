"""Every operator, as X's documentation of the filtered stream has it or as ours adds it.

R01 (tagged or not), R04 (aliases, misspellings, hashtags), R08 (an untagged outburst).
"""

from typing import Any

import pytest

from amends.matching import Facts, evaluate, parse, why
from amends.terms import decode_post

Given = dict[str, Any]


def post(text: str = "", **given: Any) -> Facts:
    return Facts.of(decode_post({"id": "7", "text": text, **given}))


BEN = {"handle": "Ben_99", "id": "42", "followers": 1000, "name": "Dr. Ben", "bio": "Data engineer"}

TEXTS: list[tuple[str, list[str], list[str]]] = [
    # keyword: tokens, as in X's "I like coca-cola"
    ("cola", ["I like coca-cola", "COLA!"], ["colas", "pepsicola"]),
    ("pepsi OR cola OR \"coca cola\"", ["a pepsi", "coca-cola"], ["coca"]),
    ("coca-cola", ["coca cola", "Coca.Cola"], ["cola coca", "cocacola"]),
    ("cat", ["cat", "CAT", "Cat"], ["cats"]),
    ("b2b", ["B2B."], ["b 2 b"]),
    ("4.5", ["4.5 stars", "4,5"], ["45", "4.55"]),
    ("AT&T", ["at&t", "AT T"], ["att"]),
    ("acme", ["Acme's late", "Acme\u2019s", "x@acme.example"], ["Acmes", "acme1"]),
    ("acme's", ["ACME\u2019S", "acme s"], ["acmes", "acme"]),
    ("acme", ["#acme", "@acme", "https://acme.example"], ["#acmefail", "#acme_fail", "#acme_", "#_acme"]),
    ("or", ["now or never"], ["now"]),
    # blank is AND, and binds tighter than OR
    ("apple OR iphone ipad", ["apple", "ipad iphone"], ["iphone", "ipad"]),
    ("ipad iphone OR android", ["android", "iphone, ipad"], ["ipad"]),
    ("(apple OR iphone) ipad", ["ipad apple"], ["apple", "ipad"]),
    ("iphone (ipad OR android)", ["iphone android"], ["ipad android"]),
    ("snow day #NoSchool", ["Snow day! #noschool"], ["snow day", "snow #noschool"]),
    ("cat #meme -grumpy", ["cat #meme"], ["grumpy cat #meme", "#meme"]),
    ("-grumpy cat", ["cat"], ["grumpy cat"]),
    ("skiing -(snow OR day OR noschool)", ["skiing"], ["skiing day"]),
    ("skiing -(snow day)", ["skiing", "skiing snow"], ["day, snow, skiing"]),
    ("acme -(late -(very OR so))", ["acme", "acme so late"], ["acme late"]),
    # phrases
    ('"X API"', ["the x api", "X-API", "X\nAPI"], ["api x", "x the api", "xapi"]),
    ('("X API" OR #v2) -"filtered stream"', ["#v2"], ["x api, filtered stream"]),
    ('"say \\"hi\\" twice"', ['say "hi" twice'], ["say hi"]),
    # proximity: N tokens between, in reverse N-2
    ('"social media"~2', ["social media", "social a b media", "media social"], ["social a b c media"]),
    ('"social media"~2', ["Social and/or media"], ["media a social"]),
    ('"social media"~3', ["media a social"], ["media a b social"]),
    ('"social media"~1', ["social a media"], ["media social"]),
    ('"social media"~0', ["social-media"], ["social a media", "media social"]),
    ('"a b c"~2', ["a b c", "a x b y c", "c b a"], ["a x y b z c", "a c b", "c x b a"]),
    ('"API"~3', ["api"], ["apis"]),
    # entities
    ('"late again"~2', ["late #again_x again"], ["late #again_x", "late #again_x y again"]),
    ("#thanku", ["#ThankU!"], ["#thankunext", "thanku", "x#thanku"]),
    ("#late_again", ["#late_again"], ["#late", "#late again"]),
    ("#late", ["(#late)"], ["https://a.example/#late", "a.example/x#late", "&#late"]),
    ("@XDevelopers", [".@xdevelopers hi"], ["xdevelopers", "@XDevelopers2", "me@xdevelopers.example"]),
    ("$twtr OR @XDevelopers -$fb", ["$TWTR $fb", "@xdevelopers"], ["@xdevelopers $FB"]),
    ("$BRK.B", ["buy $brk.b!"], ["$brk", "$brk.bc", "brk.b"]),
    ("$acme", ["buy $ACME", "sold $ACME.ok"], ["$acmes", "acme", "https://x.example/$acme"]),
    # emoji
    ("(\U0001f603 OR \U0001f621) \U0001f62c", ["so\U0001f621\U0001f62c!"], ["\U0001f621", "\U0001f62c"]),
    ('"\U0001f44d\U0001f3fd"', ["\U0001f44d\U0001f3fd"], ["\U0001f44d", "\U0001f44d\U0001f3ff"]),
    ("\U0001f44d", ["ok\U0001f44d", "\U0001f44d\U0001f3fd"], ["\U0001f44e"]),
    # ours
    ("refund*", ["refund", "refunds", "#refunded", "a refund-now"], ["prefund", "#my_refunds"]),
    ("wi-fi*", ["wi-fis", "wi fi"], ["wifi", "wi x fi"]),
    ("fuzzy:refund", ["refund", "refnd", "refuund", "refumd", "refudn", "Erfund"], ["refuds", "funded", "rfnd"]),
    ("lookalike:Acme", ["acme", "\u0430cme", "ACRNE", "#acm\u00e9", "@\u0430cme_help"], ["acmes", "ac me", "#acme_fail"]),
    ("lookalike:paypal", ["PaypaI", "p4yp4l", "\u0440\u0430\u0443\u0440\u0430l"], ["paypall", "p@ypal"]),
    ("lookalike:solo", ["s0lo", "$SOLO", "so1o"], ["5010"]),
    ("lookalike:nike", ["\u039dike", "N\u0406\u041aE", "n1ke"], ["\u03bdike"]),
    ("lookalike:\u03bd\u03b9\u03ba\u03b7", ["\u039d\u0399\u039a\u0397", "\u039d\u03b9\u03ba\u03b7", "NIKH"], ["\u03bd\u03b9\u03ba"]),
    ("lookalike:\u1f80\u03bd\u03bf", ["\u1f80\u03bd\u03bf", "\u1f00\u03b9\u03bd\u03bf"], ["\u1f80\u03bd"]),
    ('case:"US"', ["to the US", "US's", "(US)"], ["to us", "Us", "USA"]),
    ("case:iPhone", ["my iPhone"], ["my iphone", "IPHONE"]),
]  # fmt: skip

FACTS: list[tuple[str, list[Given], list[Given]]] = [
    ("from:ben_99 OR from:api", [{"author": BEN}, {"author": "@API"}], [{}, {"author": "ben"}]),
    ("from:42", [{"author": BEN}], [{"author": {"id": "421"}}]),
    ("from:@acme.example.com", [{"author": "Acme.example.com"}], [{"author": "acme"}]),
    (
        "to:acme",
        [{"in_reply_to": {"id": "1", "author": {"handle": "Acme"}}}],
        [{"text": "@acme hi"}, {"in_reply_to": "1"}, {"repost_of": {"id": "1", "author": "acme"}}],
    ),
    (
        "retweets_of:acme",
        [{"repost_of": {"id": "1", "author": {"handle": "acme"}}}],
        [{"quote_of": {"id": "1", "author": "acme"}}, {"repost_of": 1}],
    ),
    ("retweets_of_tweet_id:1", [{"repost_of": 1}], [{"quote_of": 1}, {"repost_of": 11}]),
    ("conversation_id:5", [{"conversation": 5}, {"id": 5}], [{"conversation": 6}, {"id": 5, "conversation": 6}]),
    ("in_reply_to_tweet_id:5", [{"in_reply_to": 5}], [{"in_reply_to": 55}, {}]),
    (
        'url:"https://developer.x.com"',
        [{"links": ["https://developer.x.com/en"]}, {"text": "see https://Developer.X.com/"}],
        [{"links": ["http://developer.x.com"]}, {"text": "developer.x.com"}],
    ),
    ("url:acme", [{"links": ["https://acme.example"]}, {"links": ["https://x.example/acme?a"]}], [{"links": ["https://acmeair.example"]}, {"text": "acme"}]),
    ("url_contains:photos", [{"links": ["https://a.example/myPhotos2"]}], [{"text": "photos"}]),
    ('url_contains:"/a-b"', [{"links": ["https://x.example/A-B"]}], [{"links": ["https://x.example/a/b"]}]),
    ('bio:"data engineer"', [{"author": BEN}], [{"author": {"bio": "engineer, data"}}, {}]),
    ("bio_name:ben", [{"author": BEN}], [{"author": {"handle": "ben", "name": "Benjamin"}}]),
    ("seven lang:en", [{"lang": "en"}, {"lang": "EN-gb"}], [{"lang": "de"}, {}, {"lang": "enm"}]),
    ("seven lang:iw", [{"lang": "he"}, {"lang": "iw"}], [{"lang": "en"}]),
    ("seven lang:zh-TW", [{"lang": "zh-tw"}], [{"lang": "zh"}, {"lang": "zh-cn"}]),
    ("seven lang:und", [{}, {"lang": "und"}], [{"lang": "en"}]),
    ("seven is:retweet", [{"repost_of": 1}], [{"quote_of": 1}, {}]),
    ("seven -is:repost", [{"quote_of": 1}, {}], [{"repost_of": 1}]),
    ("seven is:reply", [{"in_reply_to": 1}], [{"text": "seven @ben"}]),
    ("seven is:quote", [{"quote_of": "1"}], [{"repost_of": 1}]),
    ("seven -is:nullcast", [{}], []),
    ("seven has:links", [{"links": ["x"]}, {"text": "seven www.x.example"}], [{"links": []}, {"text": "seven 1.5/2"}]),
    ("seven has:media", [{"media": [{"kind": "audio"}]}], [{"links": ["x.jpg"]}]),
    ("seven has:images", [{"media": [{"kind": "image"}]}], [{"media": [{"kind": "video"}]}]),
    ("seven has:video_link", [{"media": [{"kind": "video"}]}], [{"media": [{"kind": "image"}]}]),
    ("seven has:videos", [{"media": [{"kind": "video"}]}], [{}]),
    ("seven has:mentions", [{"text": "seven @ben"}], [{"text": "seven ben@x.example"}]),
    ("seven has:hashtags", [{"text": "seven #x"}], [{"text": "seven a#x"}]),
    ("seven has:cashtags", [{"text": "seven $X"}], [{"text": "seven $20"}]),
    ("network:bluesky", [{"network": "Bluesky"}], [{"network": "x"}, {}]),
    ("followers>999", [{"author": BEN}], [{"author": {"followers": 999}}, {"author": "ben"}, {}]),
    ("followers>=1000", [{"author": BEN}], [{"author": {"followers": 999}}]),
    ("followers<1000", [{"author": {"followers": 0}}], [{"author": BEN}, {}]),
    ("followers<=1000", [{"author": BEN}], [{"author": {"followers": 1001}}]),
    ("followers=1000", [{"author": BEN}], [{"author": {"followers": 1001}}]),
    ("followers_count:900..1000", [{"author": BEN}], [{"author": {"followers": 899}}]),
    ("min_followers:1000", [{"author": BEN}], [{"author": {"followers": 999}}]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "found", "missed"), TEXTS)
def test_texts(query: str, found: list[str], missed: list[str]) -> None:
    node = parse(query)
    assert [text for text in found if not evaluate(node, post(text))] == []
    assert [text for text in missed if evaluate(node, post(text))] == []


@pytest.mark.parametrize(("query", "found", "missed"), FACTS)
def test_facts(query: str, found: list[Given], missed: list[Given]) -> None:
    node = parse(query)
    assert [one for one in found if not evaluate(node, post(**{"text": "seven"} | one))] == []
    assert [one for one in missed if evaluate(node, post(**{"text": "seven"} | one))] == []


@pytest.mark.parametrize(
    "term",
    [
        "late",
        '"so late"',
        "#bad",
        "@acme",
        "$acme",
        "lat*",
        "fuzzy:airlne",
        "lookalike:a1rline",
        "case:US",
        "has:hashtags so",
        "url:x",
    ],
)
def test_text_operators_read_the_quoted_post_too(term: str) -> None:
    quoted = "so late, bad airline of the US #bad @acme $ACME https://x.example"
    assert evaluate(parse(term), post("look", quote_of={"id": "1", "text": quoted}))
    assert not evaluate(parse(term), post("look", repost_of={"id": "1", "text": quoted}))


def test_a_phrase_does_not_run_from_the_text_into_the_quote() -> None:
    both = post("so", quote_of={"id": "1", "text": "late"})
    assert evaluate(parse("so late"), both)
    assert not evaluate(parse('"so late"'), both)
    assert not evaluate(parse('"so late"~6'), both)


def test_reasons_are_words_in_order_and_then_operators() -> None:
    node = parse(
        'is:reply (refund* OR "lost bag" OR fuzzy:halcyon OR nope) -sorry from:ben (a OR case:US)'
    )
    facts = post("US: halcyn lost bag, a refund", in_reply_to=1, author="ben")
    assert why(node, facts) == [
        "US",
        "fuzzy:halcyon",
        "lost bag",
        "a",
        "refund*",
        "is:reply",
        "from:ben",
    ]
    assert why(node, post("sorry, lost bag a", in_reply_to=1, author="ben")) == []


def test_sides_that_do_not_hold_give_no_reasons() -> None:
    assert why(parse("(bag lost) OR late OR (late -bag)"), post("late bag")) == ["late"]
