"""What was heard: mentions with their readings, whether a case came of them or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db.models import (
    BigAutoField,
    BigIntegerField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from amends.casework import Action, Role, check_may
from amends.casework.intake import NO_CUSTOMERS, PRAISE, QUESTION
from amends.desk.models import (
    AuthorRow,
    Case,
    ChannelRow,
    MentionRow,
    PostRow,
    Responder,
    WatchRow,
)
from amends.desk.models.among import Among
from amends.desk.models.signs import STEPS, intent_bit, topic_bit
from amends.desk.queries.doors import NotThere, seen_by, sees_cases
from amends.desk.queries.newest import Key, Newest, Tick, read_key, walk, write_key
from amends.desk.queries.prepared import prepared
from amends.terms import AuthorRole, WatchKind

ABOUT_US: Final = (WatchKind.BRAND, WatchKind.PRODUCT, WatchKind.PERSON)
# Of so few authors and posts all are sorted; those of more are found soon among the newest of all.
FEW: Final = 500
FEW_POSTS: Final = 5000
BUDGET_S: Final = 0.25
UNKNOWN: Final = "unknown"


class View(StrEnum):
    """What one wants to hear: everything, what competitors say, what their customers complain of,
    the market's topic, praise of us."""

    ALL = "all"
    COMPETITORS = "competitors"
    THEIRS = "their-customers"
    MARKET = "market"
    PRAISE = "praise"


KINDS_OF: Final[dict[View, tuple[WatchKind, ...]]] = {
    View.ALL: tuple(WatchKind),
    View.COMPETITORS: tuple(WatchKind),
    View.THEIRS: (WatchKind.COMPETITOR,),
    View.MARKET: (WatchKind.TOPIC,),
    View.PRAISE: ABOUT_US,
}
MOOD_OF: Final = {View.THEIRS: "complaint", View.PRAISE: "praise"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardFilter:
    """Empty values narrow nothing. ``kind`` of watch; ``watch`` and ``who``: ids of a watch and of
    an author; ``mood``: complaint, calm (none), praise or question; ``role``: an author's, or
    "unknown"; ``topic``, ``intent`` and ``severity`` are names of ``desk.models.signs``; ``about_us``: of what competitors say only this. ``since`` and ``until`` are days in
    UTC, both in. ``after`` is the ``next`` of the page before."""

    view: View = View.ALL
    kind: str = ""
    watch: int | None = None
    who: int | None = None
    mood: str = ""
    sentiment: str = ""
    network: str = ""
    lang: str = ""
    role: str = ""
    topic: str = ""
    intent: str = ""
    severity: str = ""
    about_us: bool = True
    since: date | None = None
    until: date | None = None
    words: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class HeardPage:
    """``posts`` come with author, reading, mentions and place; ``next`` is "" at the end.

    ``count`` posts fit among those looked at: the ``looked`` newest, or all where ``looked`` is
    None. ``back_to``: the time was up there before the page was full.
    """

    posts: list[PostRow]
    next: str
    count: int
    looked: int | None
    back_to: datetime | None


def heard_page(
    wanted: HeardFilter,
    *,
    threshold: float,
    tick: Tick,
    size: int = 50,
    budget: float = BUDGET_S,
) -> HeardPage:
    """Public posts that matched a watch and fit the filter, newest first. Raises ``BadInput`` for
    an ``after`` that is none."""
    seen = walk(
        _newest(wanted),
        lambda posts: fitting(posts, wanted, threshold),
        after=read_key(wanted.after),
        size=size,
        tick=tick,
        budget=budget,
    )
    posts = _shown(seen.ids[:size]) if seen.ids else []
    full = len(seen.ids) > size
    stopped = None if full else seen.stopped
    ends = Key(posts[-1].created_at, posts[-1].pk) if full and posts else stopped
    return HeardPage(
        posts,
        write_key(ends) if ends else "",
        seen.count,
        seen.looked if seen.stopped else None,
        stopped.at if stopped else None,
    )


@prepared
def _shown(posts: list[int]) -> QuerySet[PostRow]:
    rows = PostRow.objects.filter(id__among=posts)
    rows = rows.select_related("author", "reading", "place__case")
    return rows.prefetch_related("mentions__watch").order_by("-created_at", "-pk")


def _newest(wanted: HeardFilter) -> Newest:
    """What to go through: a watch's posts or an author's where one is named, else all."""
    authors = _authors_in(wanted)
    if authors is not None and wanted.watch is not None and wanted.who is None:
        authors = None
    return Newest(
        watch=None if authors else wanted.watch,
        authors=authors,
        since=_midnight(wanted.since),
        until=_midnight(wanted.until + timedelta(1) if wanted.until else None),
    )


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None


def _authors_in(wanted: HeardFilter) -> list[int] | None:
    """The authors by whose names posts are found; None where there are too many of either."""
    role = AuthorRole.COMPETITOR if wanted.view is View.COMPETITORS else wanted.role
    if wanted.who is not None:
        authors = [wanted.who]
    elif role in {"", UNKNOWN}:
        return None
    else:
        rows = AuthorRow.objects.filter(role=role).order_by()
        authors = list(rows.values_list("pk", flat=True)[: FEW + 1])
    theirs = PostRow.objects.filter(author__in=authors).order_by()
    few = len(authors) <= FEW and theirs[: FEW_POSTS + 1].count() <= FEW_POSTS
    return authors if few else None


def fitting(posts: QuerySet[PostRow], wanted: HeardFilter, threshold: float) -> QuerySet[PostRow]:
    """Those of the posts that fit, in the order they came in."""
    # Looked up for each post, in order: as a join PostgreSQL, which counts a growing table but once
    # a minute, may begin with all mentions there are.
    posts = posts.alias(heard=Subquery(_mentions(wanted).values("post")[:1]))
    posts = posts.filter(heard__isnull=False, private=False, ours=False)
    # An expression keeps a database from going through all of a network or of a role, in no order.
    posts = posts.alias(
        on=Coalesce("network", Value("")), author_role=Coalesce("author__role", Value(""))
    )
    plain = {
        "on": wanted.network,
        "author": wanted.who,
        "reading__sentiment": wanted.sentiment,
    }
    posts = posts.filter(**{name: value for name, value in plain.items() if value})
    if wanted.lang:
        posts = posts.filter(Q(lang=wanted.lang) | Q(lang__startswith=wanted.lang + "-"))
    for word in wanted.words.split()[:8]:
        posts = posts.filter(text__icontains=word)
    posts = _signs(posts, wanted)
    return _role(_mood(posts, MOOD_OF.get(wanted.view, wanted.mood), threshold), wanted)


def _mentions(wanted: HeardFilter) -> QuerySet[MentionRow]:
    mentions = MentionRow.objects.filter(post=OuterRef("pk"))
    if wanted.watch is not None:
        mentions = mentions.filter(watch=wanted.watch)
    kinds = {kind for kind in KINDS_OF[wanted.view] if wanted.kind in {"", kind}}
    if wanted.view is View.COMPETITORS and wanted.about_us:
        kinds &= set(ABOUT_US)
    if kinds == set(WatchKind):
        return mentions
    # By their ids, as PostgreSQL would join the watches anew for each post; as an expression, for
    # which SQLite does not look up each of them in the index.
    watches = WatchRow.objects.filter(kind__in=sorted(kinds)).values_list("pk", flat=True)
    watch = Coalesce("watch", Value(0), output_field=BigAutoField())
    return mentions.filter(Among(watch, list(watches)))


def _mood(posts: QuerySet[PostRow], mood: str, threshold: float) -> QuerySet[PostRow]:
    """What praises more than it complains is praise, as for intake."""
    praises = Q(reading__praise__gte=PRAISE) & Q(reading__praise__gte=F("reading__complaint"))
    complains = Q(reading__complaint__gte=threshold)
    if mood == "complaint":
        return posts.filter(complains).exclude(praises)
    if mood == "calm":
        return posts.filter(Q(reading__complaint__lt=threshold) | praises)
    if mood == "praise":
        return posts.filter(praises)
    return posts.filter(reading__question__gte=QUESTION) if mood == "question" else posts


def _signs(posts: QuerySet[PostRow], wanted: HeardFilter) -> QuerySet[PostRow]:
    """Those that speak of a topic, or mean something; what an earlier release read has no such signs."""
    if wanted.severity:
        posts = posts.filter(reading__severity=STEPS.index(wanted.severity))
    bits = topic_bit(wanted.topic) if wanted.topic else 0
    bits |= intent_bit(wanted.intent) if wanted.intent else 0
    if not bits:
        return posts
    # Said to be large, or Django takes the higher bits for more than PostgreSQL's integers hold.
    there = ExpressionWrapper(F("reading__signs").bitand(bits), output_field=BigIntegerField())
    return posts.alias(signs=there).filter(signs=bits)


def _role(posts: QuerySet[Any], wanted: HeardFilter) -> QuerySet[PostRow]:
    if wanted.role:
        posts = posts.filter(author_role="" if wanted.role == UNKNOWN else wanted.role)
    if wanted.view is View.COMPETITORS:
        return posts.filter(author_role=AuthorRole.COMPETITOR)
    if wanted.view is View.THEIRS:
        return posts.exclude(author_role__in=sorted(NO_CUSTOMERS))
    return posts


def watches_heard(person: Responder, view: View = View.ALL) -> QuerySet[WatchRow]:
    """Every watch of the view's kinds there ever was: what a removed one heard stays."""
    check_may(Role(person.role), Action.SEE_HEARD)
    return _of_kinds(KINDS_OF[view])


def first_watches(person: Responder, view: View, *, most: int) -> list[WatchRow]:
    """The first of them, which a page offers."""
    check_may(Role(person.role), Action.SEE_HEARD)
    return _watches(kinds=KINDS_OF[view], most=most)


@prepared
def _watches(*, kinds: tuple[WatchKind, ...], most: int) -> QuerySet[WatchRow]:
    return _of_kinds(kinds)[:most]


def _of_kinds(kinds: tuple[WatchKind, ...]) -> QuerySet[WatchRow]:
    return WatchRow.objects.filter(kind__in=kinds).order_by("-active", "kind", "name")


def competitors_heard(person: Responder, *, most: int = 200) -> list[AuthorRow]:
    """The competitors' accounts that have written something."""
    check_may(Role(person.role), Action.SEE_HEARD)
    rows = AuthorRow.objects.filter(role=AuthorRole.COMPETITOR).exclude(handle="")
    return list(rows.order_by("handle", "network")[:most])


def heard_of_late(*, among: int = 1000) -> tuple[list[str], list[str]]:
    """The networks we have accounts on, and those of the newest posts; and these posts' languages,
    without their regions."""
    pairs = _of_late(among=among)
    networks = {*_ours(), *(network for network, _ in pairs)}
    return sorted(networks - {""}), sorted({lang.partition("-")[0] for _, lang in pairs} - {""})


@prepared
def _of_late(*, among: int) -> QuerySet[PostRow, tuple[str, str]]:
    newest = PostRow.objects.order_by("-created_at", "-pk").values("pk")[:among]
    posts = PostRow.objects.filter(pk__in=newest).order_by()
    return posts.values_list("network", "lang").distinct()


@prepared
def _ours() -> QuerySet[ChannelRow, str]:
    return ChannelRow.objects.values_list("network", flat=True)


def get_heard_for(person: Responder, pk: int) -> PostRow:
    """A post of that list. Raises ``NotThere`` and ``NotAllowed``."""
    check_may(Role(person.role), Action.SEE_HEARD)
    public = PostRow.objects.filter(private=False, ours=False)
    found = public.filter(Exists(MentionRow.objects.filter(post=OuterRef("pk"))), pk=pk).first()
    if found is None:
        raise NotThere("There is no such post among what was heard.")
    return found


def cases_of(person: Responder, posts: Sequence[PostRow]) -> dict[int, str]:
    """The refs of the cases the posts are in, by post; none that the person may not see."""
    pks = [post.pk for post in posts]
    return dict(_refs(pks, role=Role(person.role)) if pks and sees_cases(person) else ())


@prepared
def _refs(posts: list[int], *, role: Role) -> QuerySet[Case, tuple[int, str]]:
    seen = seen_by(role).filter(places__post__id__among=posts)
    return seen.values_list("places__post", "ref")
