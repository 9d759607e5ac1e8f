"""Made-up posts as JSON lines: about 165 characters of text in about 700 bytes, drawn by a seed.

Of a hundred posts 30 go beyond ASCII: 14 by an emoji, curly apostrophe or dash, 7 by accented
letters, 5 by Chinese or Japanese, 4 by Cyrillic or Arabic. Ten hold a line break or quotation marks,
which JSON escapes, and five are written with escapes for all that is not ASCII. Twenty name
somebody, ten have a hashtag, ten a link.
"""

import json
import random
from collections.abc import Iterator, Sequence

from amends.bench.words import drawn

LENGTH = 165  # characters of text
_BLOCK = 4096
_PICTURES = ("\U0001f621", "\u2764\ufe0f", "\U0001f602", "\u2014 ", "\u2019s ", "\u2026", "\u201c")
_ACCENTED = (
    "d\u00e9j\u00e0",
    "ni\u00f1o",
    "f\u00fcr",
    "\u00e7a",
    "informa\u00e7\u00e3o",
    "stra\u00dfe",
)
_UNSPACED = (
    "\u624b\u673a\u574f\u4e86",
    "\u914d\u9001\u592a\u6162",
    "\u30b5\u30dd\u30fc\u30c8\u304c\u9045\u3044",
)
_OTHER = (
    "\u043e\u0447\u0435\u043d\u044c \u043f\u043b\u043e\u0445\u043e",
    "\u062e\u062f\u0645\u0629 \u0633\u064a\u0626\u0629",
)


def texts(words: Sequence[str], count: int, seed: int) -> list[str]:
    """The texts of posts; the same for the same arguments."""
    chance = random.Random(seed)  # noqa: S311 (play, not secrets)
    running = iter(drawn(words, count * 42, seed))
    return [_text(running, chance) for _ in range(count)]


def lines(said: Sequence[str], seed: int) -> list[tuple[bytes, bytes]]:
    """Posts as JSON, each cut in two where its number belongs; see ``numbered``."""
    chance = random.Random(seed + 1)  # noqa: S311 (play, not secrets)
    return [_line(text, chance) for text in said]


def numbered(cut: Sequence[tuple[bytes, bytes]], posts: int, batch: int) -> Iterator[list[bytes]]:
    """``posts`` lines in batches, the given ones over and over, each with an id of its own."""
    number = 0
    while number < posts:
        at = number % len(cut)
        some = cut[at : at + min(batch, posts - number)]
        yield [b"%b%015d%b" % (head, number + step, tail) for step, (head, tail) in enumerate(some)]
        number += len(some)


def _text(running: Iterator[str], chance: random.Random) -> str:
    wanted = chance.randint(LENGTH - 50, LENGTH + 50)
    parts: list[str] = []
    size = 0
    while size < wanted:
        parts.append(next(running))
        size += len(parts[-1]) + 1
    _sprinkle(parts, chance)
    text = " ".join(parts)
    text = text[0].upper() + text[1:]
    return text.replace(" ", ", ", 1) + chance.choice((".", "!", "", "?"))


def _sprinkle(parts: list[str], chance: random.Random) -> None:
    """Put in what posts have beside plain words."""
    place = chance.randrange(1, len(parts))
    kind = chance.random()
    for most, pieces in ((0.14, _PICTURES), (0.21, _ACCENTED), (0.26, _UNSPACED), (0.30, _OTHER)):
        if kind < most:
            parts[place] += " " + chance.choice(pieces) if pieces is not _PICTURES else ""
            parts[place] += chance.choice(pieces) if pieces is _PICTURES else ""
            break
    if chance.random() < 0.2:
        parts[0] = "@" + parts[0]
    if chance.random() < 0.1:
        parts[-1] = "#" + parts[-1]
    if chance.random() < 0.1:
        parts.append(f"https://example.com/{chance.randrange(10**9)}")
    if chance.random() < 0.1:
        parts[place] = chance.choice(("\n", '"', "\\ ")) + parts[place]


def _line(text: str, chance: random.Random) -> tuple[bytes, bytes]:
    person = chance.randrange(10**6)
    did = f"did:plc:{person:024d}"
    head = f'{{"id":"at://{did}/app.bsky.feed.post/'
    rest = {
        "network": "bluesky",
        "url": f"https://bsky.app/profile/user{person}.example.com/post/{person:013d}",
        "author": {
            "id": did,
            "handle": f"user{person}.example.com",
            "name": "Made-up Person",
            "followers": person % 5000,
        },
        "created_at": f"2026-10-{1 + person % 28:02d}T12:{person % 60:02d}:00Z",
        "text": text,
        "lang": "en",
        "conversation": f"at://{did}/app.bsky.feed.post/{person:013d}",
        "links": [f"https://example.com/{person}"],
        "counts": {"replies": 1, "reposts": 0, "likes": person % 9},
    }
    escaped = chance.random() < 0.05
    tail = json.dumps(rest, ensure_ascii=escaped, separators=(",", ":"))
    return head.encode(), b'",' + tail[1:].encode()
