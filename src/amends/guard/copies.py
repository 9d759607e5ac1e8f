"""Near copies: which recent reply a reply is nearly the same as.

Names in greetings, signatures, handles, links and numbers are left out of account first. What
remains is compared by its pairs of neighbouring words; a MinHash index finds whom to compare with.
"""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from amends.text import normalise

BANDS, ROWS = 16, 3
FEWEST_WORDS = 6  # below it a reply is too short to be a copy: "What happened?" may be asked daily
MOST_WORDS = 400
_HASHES = BANDS * ROWS
_STEPS = 16  # how far each chain of a band is followed
_FEWEST_ALIKE = 8  # of the 48 hashes; two replies four fifths the same share about 32
_COMPARED = 12  # how many of the likeliest are compared word by word

_DROPPED = re.compile(
    r"https?://\S{1,2000}|www\.\S{1,2000}|@\w[\w.@-]{0,100}|[\w.+-]{1,64}@[\w.-]{1,100}"
    r"|(?:\^|\*|/|~|--?|\u2014|\u2013)\s?[^\W\d_]{1,20}\.?\s*$|\(?\d/\d\)?\s*$"
)
_GREETING = re.compile(
    r"^\W*(?:hi|hey|hello|dear|hiya|good (?:morning|afternoon|evening|day)|hola|buenos d\u00edas"
    r"|buenas tardes|estimad[oa]|querid[oa]|hallo|guten (?:tag|morgen|abend)|liebe[r]?"
    r"|sehr geehrte[r]?|moin|bonjour|bonsoir|salut|cher|ch\u00e8re|ol\u00e1|oi|bom dia|boa tarde"
    r"|prezad[oa]|ciao|salve|buongiorno|buonasera|gentile|hoi|goedemorgen|goedemiddag|goedendag"
    r"|beste)\b(?:\s+(?:there|mr|mrs|ms|miss|dr|frau|herr|se\u00f1or|se\u00f1ora|sr|sra|madame|monsieur"
    r"|signora?|sig|meneer|mevrouw))*\.?(?:\s+[^\W\d_]{1,20}){0,2}?\s*(?:[,.!:;\u2014\u2013-]+|$)"
)
_VOCATIVE = re.compile(
    r",\s+(?:(?:mr|mrs|ms|frau|herr)\.?\s+)?[^\W\d_]{2,20}(?=\s*[.!?,;:]|\s*$)|^\W*[^\W\d_]{2,20},(?=\s)"
)
_SIGN_OFF = re.compile(
    r"(?:[,.!]\s*)?\b(?:thanks|thank you|regards|kind regards|best|cheers|gru\u00df|gruss|viele gr\u00fc\u00dfe"
    r"|saludos|cordialement|atentamente|groet|saluti),?\s+[^\W\d_]{1,20}\W*$"
)
_NAME = re.compile(r"([^\W\d_A-Z][,;]? )[A-Z\u00c0-\u00de][^\W\d_A-Z]{1,20}\b")
_TOKEN = re.compile(r"[^\W_]+")
_RANDOM = np.random.default_rng(20)
_FACTORS = _RANDOM.integers(1, 1 << 62, _HASHES, dtype=np.uint64) | np.uint64(1)
_ADDENDS = _RANDOM.integers(0, 1 << 62, _HASHES, dtype=np.uint64)


class Copy(NamedTuple):
    """``similarity`` in [0, 1]; ``text`` is the recent reply and ``key`` what it was added under."""

    similarity: float
    text: str
    key: str


def skeleton(text: str) -> list[str]:
    """The words of a reply that say something, in order: no names of greeting and signature, no
    handles or links, each number ``0``."""
    said = normalise(_without_names(text[:20_000])).strip()
    for _ in range(2):
        said = _DROPPED.sub(" ", said).strip()
    said = _SIGN_OFF.sub(" ", _GREETING.sub(" ", said))
    said = _VOCATIVE.sub(" ", said)
    return ["0" if any(map(str.isdigit, word)) else word for word in _TOKEN.findall(said)][
        :MOST_WORDS
    ]


def _without_names(text: str) -> str:
    """Capitalised words inside sentences become a number; not where nouns are capitalised."""
    blanked, names = _NAME.subn(lambda found: found[1] + "0", text)
    return blanked if names * 4 < text.count(" ") + 4 else text


def shingles(words: list[str]) -> NDArray[np.uint32]:
    """Sorted distinct hashes of the neighbouring pairs; shape (n,), empty for a short reply."""
    if len(words) < FEWEST_WORDS:
        return np.empty(0, dtype=np.uint32)
    pairs = {crc32(f"{one} {two}".encode("utf-8", "surrogatepass")) for one, two in pairwise(words)}
    return np.array(sorted(pairs), dtype=np.uint32)


def overlap(one: NDArray[np.uint32], two: NDArray[np.uint32]) -> float:
    """Dice's measure of two sets of shingles, in [0, 1]."""
    if not len(one) or not len(two):
        return 0.0
    places = np.minimum(np.searchsorted(two, one), len(two) - 1)
    return 2 * int((two[places] == one).sum()) / (len(one) + len(two))


class RecentReplies:
    """What this desk sent lately, at most ``capacity`` replies; the oldest makes room for the newest.

    Add each reply under a key of its own; ``drop`` forgets one, text and all. A reply that is
    there word for word already takes no second place. One reply takes about 1 KiB with its text.
    """

    def __init__(self, texts: Iterable[str] = (), *, capacity: int = 100_000) -> None:
        self._capacity = max(1, capacity)
        self._size = 1 << max(6, (self._capacity - 1).bit_length())
        self._heads = np.full((BANDS, self._size), -1, dtype=np.int32)
        self._next = np.full((self._capacity, BANDS), -1, dtype=np.int32)
        self._signs = np.zeros((self._capacity, _HASHES), dtype=np.uint32)
        self._order = np.full(self._capacity, -1, dtype=np.int64)  # -1: nobody lives here
        self._kept: list[tuple[str, str, NDArray[np.uint32]] | None] = [None] * self._capacity
        self._slot_of: dict[str, int] = {}
        self._added = 0
        for number, text in enumerate(texts):
            self.add(text, key=str(number))

    def __len__(self) -> int:
        return len(self._slot_of)

    @property
    def table_bytes(self) -> int:
        """Bytes of the index, without the texts and their shingles."""
        tables = (self._heads, self._next, self._signs, self._order)
        return sum(table.nbytes for table in tables)

    def add(self, text: str, *, key: str) -> None:
        """Remember a reply; one with the same key is replaced. Short ones are left aside."""
        self.drop(key)
        found = shingles(skeleton(text))
        if not len(found):
            return
        slot = self._added % self._capacity
        evicted = self._kept[slot]
        if evicted is not None:
            del self._slot_of[evicted[1]]
        sign = _signature(found)
        buckets = _buckets(sign, self._size)
        bands = np.arange(BANDS)
        self._next[slot] = self._heads[bands, buckets]
        self._heads[bands, buckets] = slot
        self._signs[slot] = sign
        self._order[slot] = self._added
        self._kept[slot] = (text, key, found)
        self._slot_of[key] = slot
        self._added += 1

    def drop(self, key: str) -> None:
        """Forget a reply; none with that key is no error."""
        slot = self._slot_of.pop(key, None)
        if slot is not None:
            self._kept[slot] = None
            self._order[slot] = -1

    def drop_all(self) -> None:
        """Forget every reply."""
        for key in list(self._slot_of):
            self.drop(key)

    def nearest(self, text: str) -> Copy | None:
        """The recent reply most like this one, if any shares enough with it to be compared."""
        found = shingles(skeleton(text))
        if not len(found) or not self._slot_of:
            return None
        sign = _signature(found)
        slots = self._candidates(sign)
        if not len(slots):
            return None
        alike = (self._signs[slots] == sign).sum(axis=1)
        order = np.argsort(-alike, kind="stable")[:_COMPARED]
        likeliest = slots[order[alike[order] >= _FEWEST_ALIKE]]
        best: Copy | None = None
        for slot in likeliest.tolist():
            kept = self._kept[slot]
            if kept is not None:
                similarity = overlap(found, kept[2])
                if best is None or similarity > best.similarity:
                    best = Copy(similarity, kept[0], kept[1])
        return best

    def _candidates(self, sign: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Slots that share a band with the signature, newest first in each chain."""
        bands = np.arange(BANDS)
        at = self._heads[bands, _buckets(sign, self._size)]
        seen: list[NDArray[np.int32]] = []
        for _ in range(_STEPS):
            alive = at >= 0
            if not alive.any():
                break
            at, bands = at[alive], bands[alive]
            seen.append(at)
            at = self._next[at, bands]
        if not seen:
            return np.empty(0, dtype=np.int64)
        slots = np.unique(np.concatenate(seen)).astype(np.int64)
        return slots[self._order[slots] >= 0]


def _signature(found: NDArray[np.uint32]) -> NDArray[np.uint32]:
    mixed = found.astype(np.uint64)[None, :] * _FACTORS[:, None] + _ADDENDS[:, None]
    sign: NDArray[np.uint32] = (mixed >> np.uint64(32)).min(axis=1).astype(np.uint32)
    return sign


def _buckets(sign: NDArray[np.uint32], size: int) -> NDArray[np.int64]:
    rows = sign.reshape(BANDS, ROWS).astype(np.uint64)
    mixed = rows[:, 0] * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= rows[:, 1] * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed ^= rows[:, 2] * np.uint64(0x165667B19E3779F9)
    mixed ^= mixed >> np.uint64(29)
    return (mixed & np.uint64(size - 1)).astype(np.int64)
