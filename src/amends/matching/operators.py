"""Operators by name: which there are, what values they take, which are refused and why."""

from collections.abc import Callable

import regex

from amends.matching.languages import canonical_language
from amends.text import tokens

ALIASES = {
    "retweets_of_user": "retweets_of",
    "in_reply_to_status_id": "in_reply_to_tweet_id",
    "retweets_of_status_id": "retweets_of_tweet_id",
    "user_bio": "bio",
}
IS = {"repost": "repost", "retweet": "repost", "reply": "reply", "quote": "quote"}
IS |= {"nullcast": "nullcast"}
HAS = {name: name for name in ("links", "media", "images", "videos", "mentions", "hashtags")}
HAS |= {"cashtags": "cashtags", "media_link": "media", "video_link": "videos"}

NEEDS_COMPANY = frozenset({"is", "has", "lang"})
"""Too much of a stream answers to these: a query holds something else as well."""

ONLY_X = {
    "sample": "none of them hands out a random share",
    "context": "its topics are X's own",
    "entity": "its entities are X's own",
    "place": "posts there name no place",
    "place_country": "posts there name no country",
    "point_radius": "posts there carry no coordinates",
    "bounding_box": "posts there carry no coordinates",
    "geo_bounding_box": "posts there carry no coordinates",
    "bio_location": "profiles there name no place",
    "user_bio_location": "profiles there name no place",
    "list": "lists there are not open to search",
    "source": "posts there do not name the program they were written with",
    "url_title": "posts there do not carry the title of a page",
    "within_url_title": "posts there do not carry the title of a page",
    "url_description": "posts there do not carry a page's description",
    "within_url_description": "posts there do not carry a page's description",
    "from_affiliate_of": "affiliates are X's own",
    "to_affiliate_of": "affiliates are X's own",
    "embedding": "it is computed by X",
    "embedding_threshold": "it is computed by X",
    "tweets_count": "their streams do not carry it",
    "statuses_count": "their streams do not carry it",
    "following_count": "their streams do not carry it",
    "friends_count": "their streams do not carry it",
    "listed_count": "their streams do not carry it",
    "user_in_lists_count": "their streams do not carry it",
    "is:verified": "being verified is X's own",
    "has:geo": "posts there carry no coordinates",
}
"""What only X can answer, by name or by name and value, and why nobody else can."""
_NAME = regex.compile(r"(?:@?[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_.@:-]*[\p{L}\p{N}\p{M}_-])?)")
_NETWORK = regex.compile(r"[a-z0-9][a-z0-9_.-]*")


class Refused(Exception):
    """Why a name or a value is not taken; the parser adds where it stands."""


def refusal(name: str) -> str | None:
    """Why an operator of X is refused by name; None for one that is not."""
    why = ONLY_X.get(name)
    if why is None:
        return None
    said = name if ":" in name else f"{name}:"
    return f"{said} asks what other networks cannot answer ({why}); leave it out"


def value_of(name: str, value: str) -> str:
    """The value in its canonical form. Raises ``Refused`` for one the operator does not take."""
    if not value.strip():
        raise Refused(f"{name}: has no value; write {EXAMPLES[name]}, without a blank after it")
    return _VALUES[name](name, value.strip())


def _listed(known: dict[str, str]) -> Callable[[str, str], str]:
    def check(name: str, value: str) -> str:
        said = f"{name}:{value.lower()}"
        if found := known.get(value.lower()):
            return found
        if reason := refusal(said):
            raise Refused(reason)
        choice = ", ".join(f"{name}:{one}" for one in known if one != "nullcast")
        raise Refused(f"{said[:40]} is unknown; write one of {choice}")

    return check


def _language(_name: str, value: str) -> str:
    found = canonical_language(value)
    if found is None:
        raise Refused(f"lang:{value[:20]} is no language known; write a code such as lang:en")
    return found


def _account(name: str, value: str) -> str:
    if not _NAME.fullmatch(value):
        raise Refused(f"{name}:{value[:40]} is no one account; write {EXAMPLES[name]}")
    return value.removeprefix("@")


def _network(_name: str, value: str) -> str:
    if not _NETWORK.fullmatch(value.lower()):
        raise Refused(f"network:{value[:40]} is no network; write network:bluesky")
    return value.lower()


def _words(name: str, value: str) -> str:
    if not tokens(value):
        raise Refused(f"{name}: holds no letter or digit; write {EXAMPLES[name]}")
    if value.endswith("*"):
        raise Refused(f"{name}: takes no star; write the words out, such as {EXAMPLES[name]}")
    return value


def _id(name: str, value: str) -> str:
    if any(char.isspace() for char in value):
        raise Refused(f"{name}: takes one id; write {EXAMPLES[name]}")
    return value


def _literal(_name: str, value: str) -> str:
    return value


_VALUES: dict[str, Callable[[str, str], str]] = {
    "from": _account,
    "to": _account,
    "retweets_of": _account,
    "url": _words,
    "url_contains": _literal,
    "bio": _words,
    "bio_name": _words,
    "lang": _language,
    "network": _network,
    "is": _listed(IS),
    "has": _listed(HAS),
    "conversation_id": _id,
    "in_reply_to_tweet_id": _id,
    "retweets_of_tweet_id": _id,
}
EXAMPLES = {
    "from": "from:acme",
    "to": "to:acme",
    "retweets_of": "retweets_of:acme",
    "url": "url:acme.example",
    "url_contains": 'url_contains:"/refunds"',
    "bio": "bio:engineer",
    "bio_name": "bio_name:engineer",
    "lang": "lang:en",
    "network": "network:bluesky",
    "is": "is:reply",
    "has": "has:links",
    "conversation_id": "conversation_id:123",
    "in_reply_to_tweet_id": "in_reply_to_tweet_id:123",
    "retweets_of_tweet_id": "retweets_of_tweet_id:123",
    "fuzzy": "fuzzy:refund",
    "lookalike": "lookalike:acme",
    "case": 'case:"US"',
    "followers": "followers>1000",
    "followers_count": "followers_count:1000",
    "min_followers": "min_followers:1000",
}
OPERATORS = frozenset(EXAMPLES)
"""Every operator that a query may name, by its main spelling."""
