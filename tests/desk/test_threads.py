"""Threads whose posts name only what they answer."""

import random

import pytest

from amends.desk.models import Case, PostRow
from tests.factories import case, mention, store

pytestmark = pytest.mark.database

THREAD = {"1": None, "2": "1", "3": "2", "4": "3", "5": "2", "6": "elsewhere", "7": "6"}


def threads() -> dict[str, str]:
    return dict(PostRow.objects.order_by("native_id").values_list("native_id", "conversation"))


@pytest.mark.parametrize(
    "seed", [pytest.param(n, marks=pytest.mark.alike) if n else n for n in range(8)]
)
def test_thread_is_the_same_in_whatever_order_it_is_heard(seed: int) -> None:
    rng = random.Random(seed)
    heard = rng.sample(sorted(THREAD), len(THREAD))
    while heard:
        page = [heard.pop() for _ in range(min(len(heard), rng.randrange(1, 4)))]
        store(*[mention(native_id=one, in_reply_to=THREAD[one]) for one in page])
    assert threads() == {
        "1": "1", "2": "1", "3": "1", "4": "1", "5": "1", "6": "elsewhere", "7": "elsewhere",
    }  # fmt: skip


def test_case_follows_its_thread() -> None:
    row = case(native_id="2", in_reply_to="1")
    store(mention(native_id="1", in_reply_to="0", handle="ben"))
    row.refresh_from_db()
    assert row.conversation == "0"


@pytest.mark.alike
def test_answer_to_an_answer_joins_the_case_of_the_thread() -> None:
    """Networks such as Mastodon name only the parent."""
    case(native_id="1")
    store(mention("Sorry!", native_id="2", in_reply_to="1", handle="halcyonair", ours=True))
    store(mention("AB12", native_id="3", in_reply_to="2", complaint=0.1, watches={}))
    assert [c.places.count() for c in Case.objects.all()] == [3]


def test_thread_in_a_circle_ends() -> None:
    store(mention(native_id="1", in_reply_to="2"), mention(native_id="2", in_reply_to="1"))
    store(mention(native_id="3", in_reply_to="2"))
    assert len(set(threads().values())) == 1


@pytest.mark.alike
def test_named_conversation_counts_for_more_than_the_parent() -> None:
    store(mention(native_id="9", in_reply_to="8", conversation="1"))
    assert threads() == {"9": "1"}


@pytest.mark.alike
def test_threads_of_two_networks_keep_apart() -> None:
    store(mention(native_id="2", in_reply_to="1"))
    store(mention(native_id="1", in_reply_to="0", network="other"))
    assert threads() == {"2": "1", "1": "0"}
