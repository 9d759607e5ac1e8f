"""Networks' ids are found by an index in which what came at one time lies together."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from amends.desk.actions.hearing import keep_mentions
from amends.desk.models import AuthorRow, CasePost, PostRow
from amends.desk.models.ids import Turned, turned
from amends.desk.queries.lookups import LookUp, Stretch
from amends.desk.queries.threads import ANSWERS
from tests.factories import NOON, heard, mention, store

pytestmark = pytest.mark.database

OURS = "at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/3l6oveex3ii2l"
IDS = (OURS, "1812345678901234567", "7", "t3_ünï\N{PILE OF POO}-\u0e01\u0301-abcdefg%s")


def ids(posts: QuerySet[PostRow]) -> list[str]:
    return sorted(posts.values_list("native_id", flat=True))


def test_both_sides_turn_an_id_alike() -> None:
    store(*(mention(native_id=one) for one in IDS))
    found = PostRow.objects.annotate(turned=Turned("native_id")).values_list("native_id", "turned")
    assert dict(found) == {one: turned(one) for one in IDS}


def test_posts_are_found_by_one_id_and_by_many() -> None:
    store(*(mention(native_id=one) for one in IDS))
    posts = PostRow.objects.all()
    assert ids(posts.filter(native_id=OURS)) == [OURS]
    assert ids(posts.filter(native_id__in=IDS)) == sorted(IDS)
    assert ids(posts.filter(native_id__among=[*IDS, "gone"])) == sorted(IDS)
    assert ids(posts.exclude(native_id__in=IDS[1:])) == [OURS]
    assert ids(posts.filter(native_id__in=[])) == []
    assert ids(posts.filter(native_id__in=posts.filter(text="none").values("native_id"))) == []


def test_an_id_stands_once_in_a_network() -> None:
    row = heard(native_id=OURS)
    with pytest.raises(IntegrityError), transaction.atomic():
        PostRow.objects.create(
            network=row.network,
            native_id=OURS,
            conversation=OURS,
            created_at=row.created_at,
            heard_at=row.heard_at,
        )


@pytest.mark.alike
@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"native_id": OURS, "network": "demo"}, "one_row_per_post"),
        ({"native_id__in": IDS, "network": "demo"}, "one_row_per_post"),
        ({"native_id__among": IDS, "network": "demo"}, "one_row_per_post"),
        ({"conversation__among": IDS}, "answers_of_a_thread"),
    ],
)
def test_ids_are_looked_up_in_the_index(asked: dict[str, Any], index: str) -> None:
    """Of SQLite; PostgreSQL reads a table of a few posts whole."""
    assert index in PostRow.objects.filter(ANSWERS, **asked).explain()


def test_look_up_written_once_finds_what_the_query_finds() -> None:
    """Turned ids and plain ones, more than a statement may name, odd letters too."""
    posts = LookUp(
        lambda network, ids: PostRow.objects.filter(
            network=network, native_id__among=ids
        ).values_list("native_id", "text")
    )
    authors = LookUp(
        lambda network, ids: AuthorRow.objects.filter(
            network=network, native_id__among=ids
        ).values_list("native_id")
    )
    odd = 'at://"\\{,}<ids>/3kabc%s'
    heard("odd", native_id=odd, handle=odd)
    heard("plain", native_id="2", handle="ben")
    asked = {odd, "2", *(f"none {number}" for number in range(40_000))}
    for _ in range(2):
        assert sorted(posts("demo", asked)) == [("2", "plain"), (odd, "odd")]
    assert posts("other", asked) == posts("demo", ()) == []
    known = set(AuthorRow.objects.values_list("native_id", flat=True))
    assert {native for (native,) in authors("demo", known | asked)} == known


@pytest.mark.parametrize("most", [5, 100])
def test_stretch_holds_those_that_are_there(most: int) -> None:
    """All are left to be looked up one by one where too much lies between them."""
    stretch = Stretch(
        lambda low, high: (
            PostRow.objects.annotate(turned=Turned("native_id"))
            .filter(turned__gte=low, turned__lte=high)
            .values_list("native_id")
        ),
        most=most,
    )
    there = {f"{number:020}" for number in range(10)}
    keep_mentions([mention(native_id=one) for one in there], now=NOON)
    asked = {f"{number:020}" for number in range(2, 40, 2)}
    assert stretch.narrow(asked) == (asked & there if most == 100 else asked)
    assert stretch.narrow({f"{number:020}" for number in range(20, 40)}) == set()


def test_long_batch_finds_what_is_stored_and_what_waits_for_it() -> None:
    """As many as are looked for by their stretch: half is there, and a case in a thread of one."""
    calm = [mention(native_id=f"{n:020}", watches={}, complaint=0.1) for n in range(300)]
    first = calm[7].post.id
    assert len(store(mention(native_id="1" * 20, in_reply_to=first, handle="ben"), *calm[::2])) == 1
    assert store(*calm) == []
    assert PostRow.objects.count() == 301
    held = CasePost.objects.values_list("post__native_id", flat=True)
    assert sorted(held) == [first, "1" * 20]
