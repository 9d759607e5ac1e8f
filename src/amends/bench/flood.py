"""A stream made up from a seed, of which is known what a desk must keep of it."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

BRAND: Final = "brindlewing"
EVERY: Final = 64  # one line in so many names the brand: one in each message of sixty-four
_REMOVED: Final = 640  # of which each tenth is removed, seven lines later
_DELETES: Final = 40  # one line in so many removes some post, most of them not kept
_TEXTS: Final = 2_000
_LETTERS: Final = "abcdefghijklmnoprstuvw"  # no z: watches look for words that have it
_AUTHORS: Final = 20_011
_BEGIN_US: Final = 1_767_225_600_000_000


@dataclass(frozen=True, slots=True)
class Flood:
    """Jetstream events, ``posts`` of them: about 700 bytes each, one a line."""

    posts: int
    seed: int = 7

    def lines(self) -> Iterator[bytes]:
        texts = self._texts()
        for number in range(1, self.posts + 1):
            if number % _DELETES == 7:
                yield _line(number, "delete", number - 7, None)
            elif number % EVERY == 0:
                text = f"{BRAND} lost my bag and nobody answers. {texts[number % _TEXTS][:100]}"
                yield _line(number, "create", number, text)
            else:
                yield _line(number, "create", number, texts[number % _TEXTS])

    def created(self) -> int:
        """How many of the lines are posts; the others remove one."""
        return sum(number % _DELETES != 7 for number in range(1, self.posts + 1))

    def kept(self) -> set[str]:
        """The ids of the posts that name the brand."""
        return {_uri(n) for n in range(EVERY, self.posts + 1, EVERY) if n % _DELETES != 7}

    def removed(self) -> set[str]:
        """Those of them that their authors removed."""
        return {_uri(n) for n in range(_REMOVED, self.posts - 6, _REMOVED)}

    def _texts(self) -> list[str]:
        draw = random.Random(self.seed)  # noqa: S311 (a benchmark's)
        words = ["".join(draw.choices(_LETTERS, k=draw.randrange(2, 10))) for _ in range(5_000)]
        heavy = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
        return [" ".join(draw.choices(words, cum_weights=heavy, k=27))[:165] for _ in range(_TEXTS)]


def _line(number: int, operation: str, about: int, text: str | None) -> bytes:
    did, rkey = _did(about), f"{about:013}"
    at = _BEGIN_US + number * 160
    commit = (
        f'"rev":"3l{number:011}","operation":"{operation}","collection":"app.bsky.feed.post",'
        f'"rkey":"{rkey}"'
    )
    if text is not None:
        record = (
            '{"$type":"app.bsky.feed.post","createdAt":"2026-01-01T00:00:00.000Z",'
            f'"embed":{_EMBED},"langs":["en"],"text":{json.dumps(text)}}}'
        )
        commit += f',"record":{record},"cid":"bafyreia{number:051}"'
    return f'{{"did":"{did}","time_us":{at},"kind":"commit","commit":{{{commit}}}}}\n'.encode()


_EMBED: Final = json.dumps(
    {
        "$type": "app.bsky.embed.images",
        "images": [
            {
                "alt": "",
                "aspectRatio": {"height": 1500, "width": 2000},
                "image": {
                    "$type": "blob",
                    "mimeType": "image/jpeg",
                    "ref": {"$link": "bafkrei" + "a" * 52},
                    "size": 342912,
                },
            }
        ],
    },
    separators=(",", ":"),
)


def _did(number: int) -> str:
    return f"did:plc:{number % _AUTHORS:024}"


def _uri(number: int) -> str:
    return f"at://{_did(number)}/app.bsky.feed.post/{number:013}"
