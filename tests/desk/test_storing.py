"""Batches are stored as values: the same rows come of them as of a plain reading of what was heard."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.desk.actions import profiles
from amends.desk.actions.book import arrivals_of
from amends.desk.actions.bulk import (
    AT_ONCE,
    SKIP,
    Insertion,
    insert_columns,
    insert_values,
    update_values,
)
from amends.desk.actions.hearing import count_drops, keep_mentions
from amends.desk.actions.intake import FEW, Circumstances, take_in
from amends.desk.actions.keeping import find_place, key_of, write_out
from amends.desk.actions.mattering import that_matter
from amends.desk.models import (
    AuthorRow,
    Case,
    DropCount,
    MentionRow,
    PostRow,
    ReadingRow,
)
from amends.desk.workers.sink import gathered_at_once
from amends.terms import Author, Media, Mention, Post, Ref, WatchKind
from tests.factories import NOON, brand, case, heard, mention, reading, store, watch

pytestmark = pytest.mark.database

ODD = ["", "plain", "a\tb\nc\r\\N \\. \"q\" 'q' {1,2}", "\N{PILE OF POO} \u2028", "\\"]
TIMES = st.integers(0, 5).map(lambda minutes: NOON - timedelta(minutes=minutes))
AUTHORS = st.builds(
    Author,
    id=st.sampled_from([None, "1", "2"]),
    handle=st.sampled_from([None, "rosa", "Rosa", "ben\t"]),
    name=st.sampled_from([None, *ODD]),
    followers=st.sampled_from([None, 0, 7]),
)
POSTS = st.builds(
    Post,
    id=st.sampled_from(["1", "2", "3", '4",{', "5\\"]),
    network=st.sampled_from(["demo", "other"]),
    text=st.sampled_from(ODD),
    url=st.sampled_from([None, "https://a.example/\\"]),
    author=st.none() | AUTHORS,
    created_at=st.none() | TIMES,
    edited_at=st.none() | TIMES,
    lang=st.sampled_from([None, "en"]),
    visibility=st.sampled_from(["public", "private"]),
    repost_of=st.sampled_from([None, Ref(id="9")]),
    quote_of=st.sampled_from([None, Ref(id="8", author=Author(handle="kim"), text=ODD[2])]),
    links=st.sampled_from([(), ("https://b.example", "\t")]),
    media=st.sampled_from([(), (Media(kind="image", alt=ODD[2]),)]),
    counts=st.sampled_from([{}, {"likes": 3}]),
)
MENTIONS = st.builds(
    lambda post, words, read, ours: (post, words, read, ours),
    POSTS,
    st.dictionaries(st.integers(0, 2), st.sampled_from([(), ("a",), ("b", ODD[2])]), max_size=2),
    st.sampled_from([None, reading(0.9), reading(0.1, 0.25)]),
    st.booleans(),
)
BATCHES = st.lists(st.lists(MENTIONS, max_size=6), min_size=1, max_size=3)


class Plain:
    """What a desk holds after it heard some batches, one thing after another."""

    def __init__(self) -> None:
        self.posts: dict[Any, dict[str, Any]] = {}
        self.authors: dict[Any, dict[str, Any]] = {}

    def hear(self, mentions: Sequence[Mention]) -> None:
        there = set(self.posts)
        for one in mentions:
            if (one.post.network, one.post.id) in there:
                self.edit(one)
        fresh = {(m.post.network, m.post.id): m for m in mentions}
        for key, one in fresh.items():
            if key not in there:
                self.posts[key] = self.row(one)
        latest = {self.author_of(m.post): m for key, m in fresh.items() if key not in there}
        for name, one in latest.items():
            if name is not None and one.post.author is not None:
                self.meet(name, one.post.author)

    def edit(self, one: Mention) -> None:
        """A post that was read is read again where its text changed."""
        post = one.post
        row = self.posts[post.network, post.id]
        if post.edited_at and (row["edited_at"] is None or row["edited_at"] < post.edited_at):
            if row["text"] != post.text and row["read"] and one.reading:
                row["read"] = self.row(one)["read"]
            row |= {"text": post.text, "edited_at": post.edited_at}

    def author_of(self, post: Post) -> Any:
        author = post.author
        if author is None or not (author.id or author.handle):
            return None
        return post.network, author.id or f"@{(author.handle or '').lower()}"

    def meet(self, name: Any, author: Author) -> None:
        row = self.authors.setdefault(name, {"handle": "", "name": "", "followers": None})
        said = {"handle": author.handle or "", "name": author.name or ""}
        row |= {word: text for word, text in said.items() if text}
        if author.followers is not None:
            row["followers"] = author.followers

    def row(self, one: Mention) -> dict[str, Any]:
        post = one.post
        return {
            "text": post.text,
            "edited_at": post.edited_at,
            "created_at": post.created_at or NOON,
            "url": post.url or "",
            "lang": post.lang or "",
            "private": post.visibility == "private",
            "ours": one.ours,
            "to_us": False,
            "conversation": post.id,
            "repost_of": post.repost_of.id if post.repost_of else "",
            "quote_of": {"id": "8", "author": {"handle": "kim"}, "text": ODD[2]}
            if post.quote_of
            else None,
            "links": list(post.links),
            "media": [{"kind": "image", "alt": ODD[2]}] if post.media else [],
            "counts": post.counts,
            "heard_at": NOON,
            "author": self.author_of(post),
            "read": one.reading
            and (one.reading.complaint, one.reading.praise, list(one.reading.why)),
            "matched": {int(watch): list(words) for watch, words in one.watches.items()},
        }


def held() -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Posts and authors as the database has them."""
    authors = {row.pk: row for row in AuthorRow.objects.all()}
    reads = {row.post_id: row for row in ReadingRow.objects.all()}
    posts = {}
    for row in PostRow.objects.all():
        facts = {
            name: getattr(row, name)
            for name in Plain().row(mention(watches={}))
            if hasattr(row, name)
        }
        author, read = authors.get(row.author_id or 0), reads.get(row.pk)
        facts["author"] = author and (author.network, author.native_id)
        facts["read"] = read and (read.complaint, read.praise, read.why)
        facts["matched"] = dict(row.mentions.values_list("watch_id", "words"))
        posts[row.network, row.native_id] = facts
    names = ("handle", "name", "followers")
    return posts, {
        (row.network, row.native_id): {name: getattr(row, name) for name in names}
        for row in authors.values()
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=BATCHES)
def test_mixed_batches_give_the_rows_of_a_plain_reading(batches: list[list[Any]]) -> None:
    with transaction.atomic():
        watches = [str(watch(WatchKind.TOPIC, phrase).pk) for phrase in ("one", "two", "three")]
        plain = Plain()
        for batch in batches:
            mentions = [
                Mention(
                    post=post,
                    watches={watches[place]: said for place, said in words.items()},
                    reading=read,
                    ours=ours,
                )
                for post, words, read, ours in batch
            ]
            keep_mentions(mentions, now=NOON)
            plain.hear(mentions)
        assert held() == (plain.posts, plain.authors)
        transaction.set_rollback(True)


def test_same_batch_twice_changes_nothing() -> None:
    batch = [mention(native_id=str(number)) for number in range(20)]
    first = store(*batch)
    before = held()
    assert (len(first), store(*batch)) == (1, [])
    assert held() == before


def test_removed_watch_and_junk_in_place_of_one_are_passed_over() -> None:
    gone = str(watch().pk + 1000)
    row = heard(watches={gone: ("a",), "x": ("b",), "9" * 30: (), str(watch().pk): ("c",)})
    assert list(row.mentions.values_list("words", flat=True)) == [["c"]]


def test_posts_stored_live_do_not_wait_for_intake() -> None:
    store(mention(watches={}, complaint=0.1), mention())
    assert not PostRow.objects.filter(taken_in=False).exists()


def test_deleted_post_takes_its_reading_and_matches_along() -> None:
    """The database does not check what Django deletes."""
    heard(complaint=0.1).delete()
    assert (ReadingRow.objects.count(), MentionRow.objects.count()) == (0, 0)


def test_profile_met_at_the_same_moment_by_another_is_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard(handle="rosa")
    found = profiles._PROFILES
    answers: Iterator[list[tuple[Any, ...]]] = iter([[]])
    monkeypatch.setattr(profiles, "_PROFILES", lambda *of: next(answers, None) or found(*of))
    row = heard("Halcyon again", handle="rosa", native_id="second")
    assert [row.author_id] == list(AuthorRow.objects.values_list("pk", flat=True))


def test_counts_of_a_day_add_up() -> None:
    for _ in range(2):
        count_drops("demo:a", {"no_watch": 2, "repost": 1}, now=NOON)  # type: ignore[arg-type]
    assert dict(DropCount.objects.values_list("reason", "count")) == {"no_watch": 4, "repost": 2}


@pytest.mark.parametrize("known", ["", SKIP])
def test_text_that_is_too_long_is_refused_and_not_cut(known: str) -> None:
    """SQLite keeps to no length, and so keeps it whole."""
    rows = [("n" * 40, "1", "", "")]
    refused = connection.vendor == "postgresql"
    with pytest.raises(DataError) if refused else nullcontext(), transaction.atomic():
        insert_values(AuthorRow, ("network", "native_id", "handle", "name"), rows, known=known)
    assert AuthorRow.objects.filter(network="n" * 40).exists() is not refused


def test_known_row_breaks_a_batch_unless_it_is_skipped() -> None:
    names = ("network", "native_id", "handle", "name")
    insert_values(AuthorRow, names, [("demo", "1", "a", "")])
    fresh = [("demo", f"new {number}", "c", "") for number in range(AT_ONCE - 1)]
    rows = [*fresh, ("demo", "1", "b", "")]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_values(AuthorRow, names, rows)
    assert insert_values(AuthorRow, names, rows, known=SKIP) == len(fresh)
    assert set(AuthorRow.objects.values_list("handle", flat=True)) == {"a", "c"}


PROFILES: dict[str, Sequence[Any]] = {
    "network": ["demo", "demo"],
    "native_id": ["1", "2"],
    "handle": ["a", "b"],
    "name": ["", "B"],
}


def _met() -> int:
    return len(profiles._PROFILES("demo", ["1", "2"]))


def _added() -> int:
    more = {name: [f"{column[1]} more"] for name, column in PROFILES.items()}
    insert_columns(AuthorRow, more)
    return AuthorRow.objects.count() - 1


@pytest.mark.parametrize("ask", [AuthorRow.objects.count, _met, _added])
def test_who_asks_while_rows_are_written_finds_them(ask: Callable[[], int]) -> None:
    """On PostgreSQL they are on their way till then."""
    with Insertion(AuthorRow, PROFILES).running():
        assert ask() == 2
    assert AuthorRow.objects.filter(native_id__in=PROFILES["native_id"]).count() == 2


def test_what_fails_while_rows_are_written_leaves_none() -> None:
    with (
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
        Insertion(AuthorRow, PROFILES).running(),
    ):
        _ = 1 / 0
    assert not AuthorRow.objects.exists()


def test_what_posts_mean_is_decided_without_a_question() -> None:
    """While it is, PostgreSQL writes them; whoever asked would wait for that."""
    said = [mention(native_id=str(at), handle=f"customer{at}") for at in range(FEW + 5)]
    keep_mentions(said, now=NOON)
    asked: list[str] = []

    @contextmanager
    def listening() -> Iterator[None]:
        def note(execute: Any, sql: str, *given: Any) -> Any:
            asked.append(sql)
            return execute(sql, *given)

        with connection.execute_wrapper(note):
            yield

    numbers = count()
    around = Circumstances(
        brand=brand(), channel=None, threshold=0.5, now=NOON, new_ref=lambda: f"R{next(numbers)}"
    )
    arrivals = arrivals_of(PostRow.objects.all(), around.brand)
    with transaction.atomic():
        assert len(take_in(arrivals, around, meanwhile=listening())) == len(said)
    assert asked == []


def test_batch_is_looked_up_by_index_however_many_it_has() -> None:
    keep_mentions([mention(native_id=str(number)) for number in range(50)], now=NOON)
    plan = PostRow.objects.filter(native_id__among=map(str, range(40))).explain()
    assert "Seq Scan" not in plan
    assert "SCAN desk_postrow" not in plan


def test_reading_has_no_key_but_its_post() -> None:
    """On SQLite such a key has to be the row's own number: another would be an index more."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "desk_readingrow")
    assert [one["columns"] for one in found.values() if one["index"]] == []


def test_rows_are_updated_by_their_keys() -> None:
    row = heard("one")
    moment = datetime(2026, 3, 1, 1, 2, 3, 4, UTC)
    update_values(PostRow, ("text", "edited_at", "ours"), [(row.pk, "two\t\\", moment, True)])
    row.refresh_from_db()
    assert (row.text, row.edited_at, row.ours) == ("two\t\\", moment, True)


def matter(*mentions: Mention) -> list[str]:
    """Which of the posts intake is asked about."""
    around = Circumstances(
        brand=brand(), channel=None, threshold=0.5, now=NOON, new_ref=lambda: "R"
    )
    heard = write_out({key_of(one.post): one for one in mentions}, now=NOON)
    kept = find_place(heard, taken_in=True)
    return sorted(kept.mentions[at].post.id for at in that_matter(kept, around)[0])


def test_what_means_nothing_for_a_case_is_not_asked_about() -> None:
    rival: dict[str, tuple[str, ...]] = {str(watch(WatchKind.COMPETITOR, "rival").pk): ("rival",)}
    assert matter(
        mention(native_id="rival", handle="a", watches=rival),
        mention(native_id="calm", handle="b", complaint=0.1),
        mention(native_id="complaint", handle="c"),
        mention(native_id="below", handle="d", in_reply_to="complaint", watches={}),
        mention(native_id="elsewhere", handle="c", complaint=0.1),
        mention(native_id="after", handle="e", in_reply_to="elsewhere", watches={}),
    ) == ["after", "below", "complaint", "elsewhere"]


def test_post_in_the_thread_or_by_the_customer_of_a_case_is_asked_about() -> None:
    case(native_id="root", handle="rosa")
    assert matter(
        mention(native_id="below", handle="ben", in_reply_to="root", watches={}),
        mention(native_id="again", handle="rosa", complaint=0.1),
        mention(native_id="of others", handle="rosa", watches={}),
        mention(native_id="ours", ours=True, watches={}),
    ) == ["again", "below", "ours"]
    assert Case.objects.count() == 1


def test_streams_gather_more_where_writers_do_not_wait_for_each_other() -> None:
    """R08: a batch on SQLite holds up whoever else writes."""
    assert gathered_at_once().items == (8_000 if connection.vendor == "postgresql" else 4_000)
