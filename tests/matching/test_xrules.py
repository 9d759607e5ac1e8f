"""What a query is on X (R06)."""

import pytest

from amends.matching import NotOnX, parse, render, x_rule

EXACT = {
    "acme (refund OR late) -is:repost -is:nullcast": "acme (refund OR late) -is:retweet -is:nullcast",
    "acme -(a OR b)": "acme -a -b",
    "e-mail": '"e-mail"',
    "acme or": 'acme "or"',
    '"say \\"hi\\"" OR "a b"~3 OR "a b"~0': '"say \\"hi\\"" OR "a b"~3 OR "a b"',
    "acme lang:he": "acme lang:iw",
    "acme -lang:zh": "acme -lang:zh-CN -lang:zh-TW",
    "has:videos #Acme": "has:video_link #Acme",
    "network:x @acme": "@acme",
    "network:bluesky late OR $acme": "$acme",
    "from:acme.example.com OR from:acme": "from:acme",
    "to:a retweets_of:b bio:c url:d.e": 'to:a retweets_of:b bio:"c" url:"d.e"',
    "acme -conversation_id:at://x": "acme",
    "in_reply_to_tweet_id:12": "in_reply_to_tweet_id:12",
    "followers>1000 acme": "followers_count:1001 acme",
    "followers<=10 acme -followers=5": "followers_count:0..10 acme -followers_count:5..5",
    "\U0001f621": "\U0001f621",
    "\U0001f44d\U0001f3fd": "\U0001f44d\U0001f3fd",
}  # fmt: skip
WIDER = {
    'case:"US" air': ("US air", 'X ignores capitals, so case:"US" finds more.'),
    "acme -case:US": ("acme", 'X cannot say -case:"US", so the rule leaves it out.'),
    "refund* acme": ("acme", "X cannot say refund*, so the rule leaves it out."),
    "acme -fuzzy:refund": ("acme", "X cannot say -fuzzy:refund, so the rule leaves it out."),
    "acme -lookalike:acme": ("acme", "X cannot say -lookalike:acme, so the rule leaves it out."),
    "acme ((ref* -late) OR air)": ("acme", "X cannot say ref*, so the rule leaves it out."),
    "acme -(late bad)": ("acme", "X negates no groups, so -(late bad) is left out."),
    "acme is:reply": ("acme is:reply", "X counts quotes and reposts of replies as replies too."),
    "acme -has:links": ("acme", "X cannot say -has:links, so the rule leaves it out."),
    "acme lang:en-GB": ("acme lang:en", "X knows no lang:en-gb, only lang:en."),
    "acme lang:eo": ("acme", "X cannot say lang:eo, so the rule leaves it out."),
    "\u624b\u673a": ("\u624b\u673a", "X may miss \u624b\u673a inside text written without blanks."),
}
REFUSED = {
    "refund*": "X has no rule for this query. X cannot say refund*",
    "refund* OR acme": "X has no rule for this query. X cannot say refund*",
    "fuzzy:refund lang:en": "X refuses what is left of this query",
    "lookalike:acme": "X has no rule for this query. X cannot say lookalike:acme",
    "refund* -acme": "X refuses what is left of this query",
    "network:bluesky acme": "Nothing on X matches this query",
    "@acme.example.com": "Nothing on X matches this query",
}


@pytest.mark.parametrize(("query", "rule"), EXACT.items())
def test_rule_says_the_same(query: str, rule: str) -> None:
    made = x_rule(query)
    assert (made.rule, made.exact, made.notes, made.fits) == (rule, True, (), True)


@pytest.mark.parametrize(("query", "expected"), WIDER.items())
def test_rule_that_says_more_tells_what(query: str, expected: tuple[str, str]) -> None:
    made = x_rule(query)
    assert (made.rule, made.exact, made.notes) == (expected[0], False, (expected[1],))


@pytest.mark.parametrize(("query", "said"), REFUSED.items())
def test_query_without_a_rule_is_told_why(query: str, said: str) -> None:
    with pytest.raises(NotOnX, match=said.replace("*", r"\*")):
        x_rule(query)


def test_rule_of_more_than_1024_characters_is_told() -> None:
    long = " OR ".join(f"word{number:03}" for number in range(93)) + "again"
    assert len(x_rule(long).rule) == 1024
    assert (x_rule(long).fits, x_rule(f"{long}a").fits) == (True, False)
    assert x_rule(f"{long}a").notes == (
        "The rule has 1,025 characters; X takes 1,024. Split it at an OR.",
    )


CANONICAL = {
    "  acme   (late)  ": "acme late",
    "(a OR (b OR c)) (d e)": "(a OR b OR c) d e",
    "a OR (b c)": "a OR b c",
    "-(late) acme": "-late acme",
    "FROM:@Acme Is:Retweet LANG:EN": "from:Acme is:repost lang:en",
    "user_bio:x in_reply_to_status_id:1 retweets_of_user:b": "bio:x in_reply_to_tweet_id:1 retweets_of:b",
    "followers_count:10..20 min_followers:5": "followers>=10 followers<=20 followers>=5",
    "\u201cacme air\u201d~2": '"acme air"~2',
    "case:US url:\"a.b\" url_contains:\"x y\"": 'case:"US" url:a.b url_contains:"x y"',
    "\uff08a OR b\uff09 has:video_link": "(a OR b) has:videos",
}  # fmt: skip


@pytest.mark.parametrize(("query", "printed"), CANONICAL.items())
def test_canonical_print(query: str, printed: str) -> None:
    assert render(parse(query)) == printed
    assert parse(printed) == parse(query)
