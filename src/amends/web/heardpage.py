"""What the heard pages show: the filter as an address carries it, and posts as rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlencode

from django.conf.locale import LANG_INFO
from django.http import QueryDict

from amends.desk.actions.manual import may_open
from amends.desk.models import PostRow, Responder, WatchRow
from amends.desk.models.signs import STEPS, intents_in
from amends.desk.queries.heard import UNKNOWN, HeardFilter, View, cases_of
from amends.matching import Matcher
from amends.matching import compile as compile_queries
from amends.terms import AuthorRole, BadInput, WatchKind, network_name
from amends.web.asking import can
from amends.web.marks import Piece, pieces
from amends.web.readingpage import INTENTS, TOPICS, Told, tell

VIEWS: Final[Mapping[View, tuple[str, str]]] = {
    View.ALL: (
        "Everything",
        "Every public post that a watch matched, newest first, whether a case came of it or not.",
    ),
    View.COMPETITORS: (
        "Competitors",
        "What the accounts of competitors write. Nobody answers them from here.",
    ),
    View.THEIRS: (
        "Their customers",
        "Complaints about competitors, by anybody but them and our own people.",
    ),
    View.MARKET: ("Our market", "What matched a watch on a topic, with or without a name in it."),
    View.PRAISE: ("Praise of us", "Kind words about our brand, products and people."),
}
MOODS: Final = {
    "complaint": "Complaints",
    "calm": "No complaint",
    "praise": "Praise",
    "question": "Questions",
}
SENTIMENTS: Final = {"negative": "Negative", "neutral": "Neutral", "positive": "Positive"}
ROLES: Final = {str(role): role.capitalize() for role in AuthorRole}
NARROWED: Final = (
    "kind", "watch", "who", "mood", "sentiment", "network", "lang", "role", "topic", "intent",
    "severity",
)  # fmt: skip


def read_filter(asked: QueryDict) -> HeardFilter:
    """The filter an address asks for; what it does not know narrows nothing."""

    def one_of(name: str, known: Iterable[str]) -> str:
        return value if (value := asked.get(name, "")) in set(known) else ""

    return HeardFilter(
        view=View(one_of("view", View) or View.ALL),
        kind=one_of("kind", WatchKind),
        watch=_number(asked.get("watch", "")),
        who=_number(asked.get("who", "")),
        mood=one_of("mood", MOODS),
        sentiment=one_of("sentiment", SENTIMENTS),
        network=_plain(asked.get("network", ""))[:32],
        lang=_plain(asked.get("lang", ""))[:35],
        role=one_of("role", [*ROLES, UNKNOWN]),
        topic=one_of("topic", TOPICS),
        intent=one_of("intent", INTENTS),
        severity=one_of("severity", STEPS),
        about_us=asked.get("about") != "all",
        since=_day(asked.get("since", "")),
        until=_day(asked.get("until", "")),
        words=_plain(asked.get("words", ""))[:200],
        after=asked.get("after", "")[:200],
    )


def _plain(text: str) -> str:
    """Without the one character a database may refuse."""
    return text.replace("\0", "").strip()


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year < 9999 else None  # the day after it has a date too


def query_of(wanted: HeardFilter, **changes: Any) -> str:
    """The filter as an address carries it; what narrows nothing is left out."""
    wanted = replace(wanted, **changes)
    parts: dict[str, Any] = {"view": "" if wanted.view is View.ALL else str(wanted.view)}
    parts |= {name: getattr(wanted, name) for name in NARROWED}
    if wanted.view is View.COMPETITORS and not wanted.about_us:
        parts["about"] = "all"
    parts |= {name: getattr(wanted, name) for name in ("since", "until", "words", "after")}
    query = urlencode({name: str(value) for name, value in parts.items() if value})
    return f"?{query}" if query else ""


def narrowed(wanted: HeardFilter) -> int:
    """By how many filters the view is narrowed."""
    names = (*NARROWED, "since", "until", "words")
    return sum(1 for name in names if getattr(wanted, name))


def tabs_of(wanted: HeardFilter) -> list[dict[str, object]]:
    """The views. What does not belong to one view alone is kept from one to the next."""
    plain = {"kind": "", "watch": None, "who": None, "mood": "", "after": "", "about_us": True}
    return [
        {"view": view, "label": label, "here": view is wanted.view,
         "query": query_of(wanted, view=view, **plain)}
        for view, (label, _) in VIEWS.items()
    ]  # fmt: skip


def lang_name(code: str) -> str:
    name = LANG_INFO.get(code, {}).get("name")
    return str(name) if name else code


@dataclass(frozen=True, slots=True)
class Row:
    """A post as the list shows it. ``case`` is a case's ref, empty where the person sees none."""

    post: PostRow
    text: list[Piece]
    abusive: bool
    watches: list[WatchRow]
    mood: str
    told: Told | None
    network: str
    url: str
    case: str
    may_open: bool
    competitor: bool


def rows_of(person: Responder, posts: list[PostRow], threshold: float) -> list[Row]:
    matcher = _matcher(mention.watch for post in posts for mention in post.mentions.all())
    cases = cases_of(person, posts)
    works = can(person)["work"]
    told = tell(posts, threshold=threshold)
    return [
        _row(post, matcher, told=told.get(post.pk), case=cases.get(post.pk, ""), works=works)
        for post in posts
    ]


def _row(post: PostRow, matcher: Matcher, *, told: Told | None, case: str, works: bool) -> Row:
    watches = [mention.watch for mention in post.mentions.all()]
    kinds = frozenset(watch.kind for watch in watches)
    names = {str(watch.pk) for watch in watches}
    hits = [hit for hit in matcher.explain(post.text) if hit.query in names]
    theirs = post.author is not None and post.author.role == AuthorRole.COMPETITOR
    return Row(
        post=post,
        text=pieces(post.text, ((hit.start, hit.end) for hit in hits)),
        watches=watches,
        abusive="abuse" in intents_in(getattr(getattr(post, "reading", None), "signs", None)),
        mood=told.mood if told else "",
        told=told,
        network=network_name(post.network),
        url=post.url if post.url.lower().startswith(("https://", "http://")) else "",
        case=case,
        may_open=works and not hasattr(post, "place") and may_open(post, kinds),
        competitor=theirs or kinds == {WatchKind.COMPETITOR},
    )


def _matcher(watches: Iterable[WatchRow]) -> Matcher:
    return _compiled(tuple(sorted({(str(watch.pk), watch.query) for watch in watches})))


@lru_cache(16)
def _compiled(queries: tuple[tuple[str, str], ...]) -> Matcher:
    """Page after page shows posts of the same watches."""
    try:
        return compile_queries(dict(queries))
    except BadInput:  # one that an earlier version stored: nothing is marked, nothing is lost
        return compile_queries({})
