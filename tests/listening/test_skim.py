"""From lines to mentions, every line accounted for (R07)."""

from collections import Counter

from amends.listening.frames.posts import PostFrames
from amends.listening.skim import SkimBatch, skim
from amends.matching import compile  # noqa: A004 (the word of the field)
from amends.terms import DeadLetter, Mention, Post

LATE = b'{"id": "1", "text": "Acme is late"}'
REASON = "This is no JSON (Input data was truncated); write one object a line."


def test_every_line_is_accounted_for() -> None:
    lines = [LATE, b'{"id": "2", "text": "nothing"}', b"", b"{"]
    assert list(skim([lines], PostFrames(), compile({"w": "acme late"}))) == [
        SkimBatch(
            read=4,
            mentions=[
                Mention(post=Post(id="1", text="Acme is late"), watches={"w": ("acme", "late")})
            ],
            dead=[DeadLetter(source="posts", reason=REASON, raw="{")],
            dropped=Counter(no_watch=1, blank=1),
        )
    ]


def test_batches_come_one_at_a_time() -> None:
    given = iter([[LATE], [LATE]])
    found = skim(given, PostFrames(), compile({"w": "acme"}))
    assert (next(found).read, len(list(given))) == (1, 1)
