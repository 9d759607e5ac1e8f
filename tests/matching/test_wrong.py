"""Queries that cannot be read: where, and what to write instead (R01)."""

import pytest

from amends.matching import QueryError, parse

EMPTY = 'The query is empty; write for example: acme OR "acme air" OR @acme'
ONE_WORD = "lookalike: takes one word of letters and digits and nothing else: lookalike:acme"
NO_WORD = "The term holds no letter or digit; write a word, @handle or #hashtag"
NO_PHRASE = 'The phrase is empty; write words in it: "acme air"'
OPEN_QUOTE = 'The quote is not closed; write "acme air" with a quote at each end'
OPEN_GROUP = "The bracket is not closed; write ) where the group ends"
STRAY_BRACKET = "This bracket closes nothing; take it away or open one"
EMPTY_GROUP = "The group is empty; write a term in it or take it away"
BEFORE = "OR needs a term before it; write: acme OR @acme"
AFTER = "OR needs a term after it; write one or take the OR away"
DASH = "The dash has nothing after it; write it in front of a word: -refund"
TWO_DASHES = "Two dashes cancel each other out; write one, or none"
ONLY_NOT = "The query only says what must not be; add what to look for: acme -refund"
NOT_SIDE = "A side of OR only says what must not be; write the dash outside: acme -(refund OR late)"
COMPANY = "is:, has: and lang: alone match too much; add a word, a phrase or an account"
NULLCAST = "is:nullcast stands behind a dash only; write -is:nullcast"
NEAR = '~ needs a number up to 6 right after it: "acme refund"~4'
TORN = "stands apart from its operator; leave no blank in between: followers>1000, from:acme"
ELSEWHERE = "asks what other networks cannot answer"

WRONG = [
    ("", 0, EMPTY),
    (" \n\u200b ", 0, EMPTY),
    ('""', 0, NO_PHRASE),
    ('acme OR "  "', 8, NO_PHRASE),
    ('acme "!!"', 5, NO_WORD),
    ("!?", 0, NO_WORD),
    ("acme *", 5, NO_WORD),
    ("()", 0, EMPTY_GROUP),
    ("acme -( )", 5, EMPTY_GROUP),
    ("(acme", 0, OPEN_GROUP),
    ("air ((acme) OR b", 4, OPEN_GROUP),
    ("acme (", 5, OPEN_GROUP),
    ("acme)", 4, STRAY_BRACKET),
    (") acme", 0, STRAY_BRACKET),
    ("(" * 51 + "acme" + ")" * 51, 50, "More than 50 groups lie in each other; write fewer brackets"),
    ('"acme', 0, OPEN_QUOTE),
    ('acme -"air', 5, OPEN_QUOTE),
    ('acme"', 4, OPEN_QUOTE),
    ('"acme\\"', 0, OPEN_QUOTE),
    ('url:"acme', 0, OPEN_QUOTE),
    ('"acme air"s', 10, "s sticks; leave a blank after the closing quote"),
    ('acme"air"', 4, "The quote sticks to a word; leave a blank before it"),
    ("OR acme", 0, BEFORE),
    ("acme (OR air)", 6, BEFORE),
    ("acme OR OR air", 8, BEFORE),
    ("acme OR", 5, AFTER),
    ("(acme OR) air", 6, AFTER),
    ("acme -", 5, DASH),
    ("- acme", 0, DASH),
    ("(acme -)", 6, DASH),
    ("acme -OR air", 5, DASH),
    ("--acme", 0, TWO_DASHES),
    ("acme -(-air)", 5, "Two dashes cancel each other out; a group behind a dash needs something without one"),
    ("\u2013acme", 0, "\u2013acme begins with a dash of another kind; write a plain one: -acme"),
    ("acme AND air", 5, 'A blank already means AND; leave AND out, or write "and" in quotes to find it'),
    ("acme NOT air", 5, 'Write a dash for NOT, such as -refund, or "not" in quotes to find the word'),
    ("-acme", 0, ONLY_NOT),
    (" (-acme -air)", 1, ONLY_NOT),
    ("acme OR -air", 8, NOT_SIDE),
    ("acme (air OR (-late -bad))", 13, NOT_SIDE),
    ("is:reply", 0, COMPANY),
    ("has:links OR is:retweet", 0, COMPANY),
    ("-acme lang:en", 6, COMPANY),
    ("acme is:nullcast", 5, NULLCAST),
    ("acme -(late -is:nullcast)", 13, NULLCAST),
    ('"acme air"~', 0, NEAR),
    ('acme "acme air"~x', 5, NEAR),
    ('acme -"acme air"~7', 5, "~7 is too far; 6 is the most"),
    ("refund~2", 0, "refund~2: ~ follows a phrase in quotes; for slips of typing write fuzzy:refund"),
    ("#", 0, "# stands alone; write a name right after it: #acme"),
    ("acme OR -@", 8, "@ stands alone; write a name right after it: @acme"),
    ("$20", 0, "$20 is no handle, hashtag or cashtag; write it like $acme"),
    ("#a-b", 0, "#a-b is no handle, hashtag or cashtag; write it like #acme"),
    ("ref*und", 0, "ref*und: a star stands at the end of a word only; write refund*"),
    ("from:", 0, "from: has no value; write from:acme, without a blank in it"),
    ("acme -to: air", 5, "to: has no value; write to:acme, without a blank in it"),
    ('url:" "', 0, "url: has no value; write url:acme.example, without a blank in it"),
    ('from:"a b"', 0, "from:a b is no one account; write from:acme"),
    ("from:a,b", 0, "from:a,b is no one account; write from:acme"),
    ("url:!", 0, "url: holds no letter or digit; write url:acme.example"),
    ("bio:engin*", 0, "bio: takes no star; write the words out, such as bio:engineer"),
    ("acme lang:english", 5, "lang:english is no language known; write a code such as lang:en"),
    ("acme is:happy", 5, "is:happy is unknown; write one of is:repost, is:retweet, is:reply, is:quote"),
    ("acme network:!", 5, "network:! is no network; write network:bluesky"),
    ('conversation_id:"1 2"', 0, "conversation_id: takes one id; write conversation_id:123"),
    ("fuzzy:refun", 0, "refun is too short for fuzzy:, which takes words of six letters and more; write the word itself"),
    ('fuzzy:"lost bags"', 0, "fuzzy: takes one word with blanks around it: fuzzy:refund"),
    ("late lookalike:hp", 5, "hp is too short for lookalike:, which takes words of three letters and more; write the word itself"),
    ("-lookalike:404 late", 0, "404 holds no letter, and too much looks like a number; write a word: lookalike:acme"),
    ('lookalike:"acme air"', 0, ONE_WORD),
    ("late (lookalike:acme* OR air)", 6, ONE_WORD),
    ("lookalike:@acme", 0, ONE_WORD),
    ("lookalike:", 0, "lookalike: has no value; write lookalike:acme, without a blank in it"),
    ('case:"!"', 0, NO_WORD),
    ("followers>many", 0, "many is no whole number; write followers>1000"),
    ("acme followers>", 5, "followers has no number; write followers>1000"),
    ("followers:1000", 0, "followers:1000 cannot be read; write followers>1000 or followers_count:1000..5000"),
    ("followers >1000", 10, f">1000 {TORN}"),
    ("acme -from :ben", 11, f":ben {TORN}"),
    ("likes>10", 0, "likes: is no operator; put the words in quotes, or write followers>1000"),
    ("acme -foo:bar", 5, 'foo: is no operator; put the words in quotes to find them: "foo:bar"'),
    ("https://a.example", 0, 'https: begins a link; write url:"https://acme.example" to find it'),
    ("acme sample:10", 5, f"sample: {ELSEWHERE} (none of them hands out a random share); leave it out"),
    ("context:10.79", 0, f"context: {ELSEWHERE} (its topics are X's own); leave it out"),
    ('entity:"Michael"', 0, f"entity: {ELSEWHERE} (its entities are X's own); leave it out"),
    ('-place:"new york"', 0, f"place: {ELSEWHERE} (posts there name no place); leave it out"),
    ("bounding_box:[1 2 3 4]", 0, f"bounding_box: {ELSEWHERE} (posts there carry no coordinates); leave it out"),
    ("acme is:verified", 5, f"is:verified {ELSEWHERE} (being verified is X's own); leave it out"),
    ("acme has:geo", 5, f"has:geo {ELSEWHERE} (posts there carry no coordinates); leave it out"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "position", "reason"), WRONG)
def test_wrong_query_is_told_where_and_what_to_write(
    query: str, position: int, reason: str
) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert (caught.value.position, caught.value.reason) == (position, reason)
    assert str(caught.value) == f"{reason} (position {position})"


@pytest.mark.parametrize(
    "name",
    [
        "list",
        "source",
        "place_country",
        "point_radius",
        "bio_location",
        "url_title",
        "url_description",
        "tweets_count",
        "following_count",
        "listed_count",
        "embedding",
    ],
)
def test_operators_that_only_x_can_answer_are_refused_by_name(name: str) -> None:
    with pytest.raises(QueryError, match=f"^{name}: asks what other networks cannot answer"):
        parse(f"acme {name}:1")


def test_the_first_thing_wrong_is_told() -> None:
    with pytest.raises(QueryError) as caught:
        parse('OR acme (foo:bar "late')
    assert (caught.value.position, caught.value.reason) == (0, BEFORE)


def test_positions_are_code_points_of_the_query_as_written() -> None:
    with pytest.raises(QueryError) as caught:
        parse("\U0001f621 caf\u0065\u0301 \u200b-foo:bar")
    assert caught.value.position == 9
