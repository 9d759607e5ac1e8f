"""The steps of the pipeline, one by one and in a row (R01, R08)."""

from collections import Counter
from typing import Any, Never

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from amends.listening import Item, Step, run
from amends.listening import steps as step_of
from amends.terms import Author, Channel, Media, Post, Ref
from amends.text.language import language_detector
from tests.listening.fakes import START, Grumbler, Words, post

ACME = Channel(network="demo", handle="AcmeCare", account_id="acme")
ANYWHERE = Channel(network="", handle="@acmecare")


def reasons(step: Step, *posts: Post) -> list[str | None]:
    items = [Item(one) for one in posts]

    step(items)
    return [item.dropped for item in items]


def test_each_reason_is_counted_and_the_rest_kept_in_order() -> None:
    items = [
        Item(post("1", "acme lost my parcel")),
        Item(post("2", " \u200b")),
        Item(post("3", "nice weather")),
        Item(post("4", "acme, again")),
        Item(post("1", "acme lost my parcel")),
    ]
    steps = [
        step_of.drop_seen_before(lambda keys: set()),
        step_of.drop_empty(),
        step_of.put_watches(Words(brand="acme")),
        step_of.drop_no_watch(),
        step_of.put_reading(Grumbler()),
    ]
    count: Counter[str] = Counter()
    kept = run(items, steps, count)
    assert [(i.post.id, i.watches, i.reading and i.reading.complaint) for i in kept] == [
        ("1", {"brand": ("acme",)}, 0.9),
        ("4", {"brand": ("acme",)}, 0.9),
    ]
    assert count == {"seen_before": 1, "empty": 1, "no_watch": 1}


def test_nothing_is_counted_when_a_step_raises() -> None:
    def broken(items: list[Item]) -> Never:
        raise RuntimeError

    count: Counter[str] = Counter()
    try:
        run([Item(post("1", ""))], [step_of.drop_empty(), lambda _items: None, broken], count)
        run([Item(post("1", "")), Item(post("2"))], [step_of.drop_empty(), broken], count)
    except RuntimeError:
        pass
    assert count == {"empty": 1}


@given(st.lists(st.sampled_from(["", "acme", "weather", "acme is late"]), max_size=8))
def test_a_batch_and_its_items_one_by_one_agree(texts: list[str]) -> None:
    steps = [
        step_of.drop_empty(),
        step_of.put_watches(Words(brand="acme")),
        step_of.drop_no_watch(),
        step_of.put_reading(Grumbler()),
    ]
    posts = [post(str(n), text) for n, text in enumerate(texts)]
    together, alone = Counter[str](), Counter[str]()
    batch = [item.mention() for item in run([Item(p) for p in posts], steps, together)]
    singles = [item.mention() for p in posts for item in run([Item(p)], steps, alone)]
    assert (batch, together) == (singles, alone)


def test_what_is_stored_is_dropped_but_an_edit_of_it_goes_on() -> None:
    edited = msgspec.structs.replace(post("1"), edited_at=START)
    asked: list[list[tuple[str, str]]] = []

    def seen(keys: Any) -> set[tuple[str, str]]:
        asked.append(list(keys))
        return {("demo", "1")}

    got = reasons(step_of.drop_seen_before(seen), post("1"), edited, edited, post("2"), post("2"))
    assert got == ["seen_before", None, "seen_before", None, "seen_before"]
    assert len(asked) == 1


def test_own_posts_are_marked_kept_and_never_read() -> None:
    ours = msgspec.structs.replace(post("1"), author=Author(id="acme", handle="AcmeCare"))
    reader = Grumbler()
    steps = [
        step_of.mark_own_posts([ACME]),
        step_of.put_watches(Words(brand="acme")),
        step_of.drop_no_watch(),
        step_of.put_reading(reader),
    ]
    kept = run([Item(ours)], steps, Counter())
    assert [(item.ours, item.reading, item.dropped) for item in kept] == [(True, None, None)]
    assert reader.texts == []


def test_the_id_decides_who_is_ours_and_the_handle_only_where_an_id_is_missing() -> None:
    authors = [
        Author(id="acme", handle="renamed"),
        Author(id="impostor", handle="AcmeCare"),
        Author(handle="acmecare"),
        Author(handle="bystander"),
    ]
    posts = [Post(id="1", network="demo", text="x", author=author) for author in authors]
    assert reasons(step_of.drop_own_posts([ACME]), *posts) == ["own_post", None, "own_post", None]


def test_a_channel_without_network_is_that_handle_anywhere() -> None:
    posts = [
        Post(id="1", network=network, text="x", author=Author(id="9", handle="AcmeCare"))
        for network in ("x", "mastodon", "")
    ]
    assert reasons(step_of.drop_own_posts([ANYWHERE]), *posts) == ["own_post"] * 3
    assert reasons(step_of.drop_own_posts([ACME]), *posts) == [None] * 3


def test_answers_to_us_are_marked_and_survive_without_a_watch() -> None:
    answer = msgspec.structs.replace(post("2"), in_reply_to=Ref(id="1", author=Author(id="acme")))
    own_answer = msgspec.structs.replace(answer, id="4", author=Author(id="acme"))
    items = [Item(answer), Item(post("3")), Item(own_answer)]
    kept = run(items, [step_of.mark_to_us([ACME]), step_of.drop_no_watch()], Counter())
    assert [(item.post.id, item.to_us) for item in kept] == [("2", True)]


def test_later_posts_of_a_kept_conversation_survive_without_a_watch() -> None:
    by_parent = msgspec.structs.replace(post("2"), in_reply_to=Ref(id="1"))
    by_conversation = msgspec.structs.replace(post("3"), conversation="1")
    elsewhere = msgspec.structs.replace(post("4"), conversation="9")
    known = step_of.mark_known_thread(lambda keys: {("demo", "1")} & set(keys))
    items = [Item(p) for p in (by_parent, by_conversation, elsewhere)]
    kept = run(items, [known, step_of.drop_no_watch()], Counter())
    assert [item.post.id for item in kept] == ["2", "3"]


def test_a_repost_is_dropped_and_a_quote_is_not() -> None:
    repost = msgspec.structs.replace(post("1"), repost_of=Ref(id="0"))
    quote = msgspec.structs.replace(post("2"), quote_of=Ref(id="0", text="Acme is late"))
    assert reasons(step_of.drop_repost(), repost, quote) == ["repost", None]


def test_a_post_that_only_shows_something_is_not_empty() -> None:
    picture = Post(id="1", text="", media=(Media(kind="image"),))
    quote = Post(id="2", text=" ", quote_of=Ref(id="0"))
    silent = Post(id="3", text="\u200b\u00ad \n")
    assert reasons(step_of.drop_empty(), picture, quote, silent) == [None, None, "empty"]


def test_watches_hear_the_quoted_text_and_readers_only_the_author() -> None:
    quote = Post(id="1", text="Same here!", quote_of=Ref(id="0", text="Acme lost it"))
    reader = Grumbler()
    kept = run(
        [Item(quote)],
        [step_of.put_watches(Words(brand="acme")), step_of.put_reading(reader)],
        Counter(),
    )
    assert [item.watches for item in kept] == [{"brand": ("acme",)}]
    assert reader.texts == ["Same here!"]


def test_language_is_filled_in_only_where_the_network_said_nothing() -> None:
    said = msgspec.structs.replace(post("1", "Wo bleibt mein Paket seit drei Wochen?"), lang="nl")
    unsaid = post("2", "Wo bleibt mein Paket seit drei Wochen?")
    unsure = post("3", "@acme ok 😡")
    items = [Item(said), Item(unsaid), Item(unsure)]
    step_of.put_language(language_detector())(items)
    assert [item.post.lang for item in items] == ["nl", "de", None]


def test_what_no_store_holds_is_replaced_and_look_alikes_stay() -> None:
    hostile = Post(id="1", text="a\x00b \\u0000 \ud83d", author=Author(name="N\x00", handle="h"))
    items = [Item(hostile)]
    step_of.put_clean_text()(items)
    assert items[0].post == Post(
        id="1", text="a\ufffdb \\u0000 \ufffd", author=Author(name="N\ufffd", handle="h")
    )
