"""From text to numbers: tokens, their hashed features, and the rows that carry them.

A text is a run of tokens. A token brings the word it stands for and the word's character
3- to 5-grams; neighbours and next-but-one neighbours bring pairs. Every feature is a bucket of one
table, found by CRC-32, so the model holds no text.

What may differ without meaning anything is made alike: handles and links are left out, so who is
spoken to, and whether anybody is, changes nothing; case is folded, curly quotes are straight, and an emoji said several times in a row is said once.

What a token brings depends on the token alone, so a reader works it out once and keeps it.
"""

import re
import unicodedata
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

BITS = 18
BUCKETS = 1 << BITS
MAX_CHARACTERS = 10_000  # what is read of a text; the rest is left aside
ADDRESS, NUMBER = "<address>", "<number>"

# Quantifiers are bounded so that no text can make the search slow.
_MARKS = r"\u0300-\u036f\u0900-\u0dff\u0e31-\u0e4e\u064b-\u0652"
_WORD = rf"[^\W_](?:[^\W_]|[{_MARKS}]|['\u2019](?=[^\W\d_]))"
_NO_ADDRESS = (
    r"\d{1,20}(?:[.,:]\d{1,9}){0,4}(?![^\W\d_])"
    rf"|{_WORD}{{0,31}}"
    r"|&(?:[Aa][Mm][Pp]|[Ll][Tt]|[Gg][Tt]|[Qq][Uu][Oo][Tt]|\#39);"
    r"|[:;=]['\u2019]?-?[)(DPp/|\\*\]\[]{1,3}|<3"
    r"|[!?]{1,8}|\.{2,8}"
    r"|[^\w\s]"
)
_TOKEN = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}|" + _NO_ADDRESS)
# The same for text without "@", and for such text of ASCII, what is frequent first.
_PLAIN_TOKEN = re.compile(rf"[^\W\d_][^\W_]{{0,30}}+(?![^\W_]|[{_MARKS}'\u2019])|" + _NO_ADDRESS)
_ASCII_TOKEN = re.compile(
    r"[A-Za-z][A-Za-z0-9]{0,30}+(?![A-Za-z0-9'])"
    r"|[^\w\s&:;=<!?.]"
    r"|[A-Za-z](?:[A-Za-z0-9]|'(?=[A-Za-z])){0,31}"
    r"|[0-9]{1,20}(?:[.,:][0-9]{1,9}){0,4}(?![A-Za-z])"
    r"|[0-9](?:[A-Za-z0-9]|'(?=[A-Za-z])){0,31}"
    r"|[!?]{1,8}|\.{1,8}"
    r"|[:;=]'?-?[)(DPp/|\\*\]\[]{1,3}|<3"
    r"|&(?:[Aa][Mm][Pp]|[Ll][Tt]|[Gg][Tt]|[Qq][Uu][Oo][Tt]|\#39);"
    r"|[^\w\s]"
)
# What begins with a set of letters is searched for several times faster than what begins otherwise. A
# handle may be called as a link begins.
_AWAY = re.compile(
    r"[hHwW](?:(?<=[hH])(?:(?<![@\uff20].)|(?=\w{3,4}://))[tT][tT][pP][sS\u017f]?\b\S{0,2000}"
    r"|(?<=[wW])(?<![A-Za-z0-9_@\uff20].)[wW][wW]\.\S{1,2000})"
)
_HANDLE = re.compile(
    r"[@\uff20](?<![\w.+-].)\w{1,64}(?:[.-]\w{1,64}){0,6}(?:@\w{1,64}(?:[.-]\w{1,64}){0,6})?"
)
_AGAIN = re.compile(r"([^\w\s\x00-\x7f]{1,8}?)(?:\s?\1)+")
_ADDRESSED = re.compile(r"[@\uff20]\w+(?:[.-]\w+)*|https?\b\S*")
_REPEATED = re.compile(r"(.)\1{2,}")
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"'})
GAPS = (1, 2)  # neighbours, next-but-one neighbours
_PAIR_SALTS = (0x9E3779B1, 0x7FEB352D)


def tokens(text: str) -> list[str]:
    """The tokens of the first ``MAX_CHARACTERS`` characters, as written and in order, without links and handles."""
    read = alike(text[:MAX_CHARACTERS])
    if "@" in read:
        return _TOKEN.findall(read)
    return (_ASCII_TOKEN if read.isascii() else _PLAIN_TOKEN).findall(read)


def alike(text: str) -> str:
    """The text without links and handles, and with each run of one emoji as a single one."""
    lower = text.lower()
    if "http" in lower or "www." in lower:
        text = _AWAY.sub(" ", text)
    if "@" in text or "\uff20" in text:
        text = _HANDLE.sub(" ", text)
    return text if text.isascii() else _AGAIN.sub(r"\1", text)


def unaddressed(text: str) -> str:
    """What is read of the text, each handle and link shrunk to one sign."""
    return _ADDRESSED.sub("@", text[:MAX_CHARACTERS])


def word_of(token: str) -> str:
    """The word a token stands for: folded, calmed ("sooo" is "soo"), or a placeholder."""
    if "@" in token[1:]:
        return ADDRESS
    if token[0].isdigit() and not any(character.isalpha() for character in token):
        return NUMBER
    folded = unicodedata.normalize("NFKC", token).casefold().translate(_QUOTES)
    return _REPEATED.sub(r"\1\1", folded)


def _bucket(feature: str) -> int:
    return crc32(feature.encode("utf-8", "surrogatepass")) >> (32 - BITS)


def buckets_of(token: str) -> list[int]:
    """The buckets a token brings by itself: its word and the word's 3- to 5-grams."""
    word = word_of(token)
    found = [_bucket(f"word:{word}")]
    if word in (ADDRESS, NUMBER) or not word[0].isalnum():
        return found
    padded = f" {word} "
    found.extend(
        _bucket(padded[start : start + size])
        for size in (3, 4, 5)
        for start in range(len(padded) - size + 1)
    )
    return found


def pair_buckets(
    first: NDArray[np.uint64], second: NDArray[np.uint64], gap: int
) -> NDArray[np.int64]:
    """Buckets of word pairs, element by element, for words ``gap`` apart (1 or 2)."""
    mixed = first * np.uint64(0x85EBCA77) + second * np.uint64(_PAIR_SALTS[gap - 1])
    mixed &= np.uint64(0xFFFFFFFF)
    mixed ^= mixed >> np.uint64(15)
    mixed = (mixed * np.uint64(0x2C1B3C6D)) & np.uint64(0xFFFFFFFF)
    return (mixed >> np.uint64(32 - BITS)).astype(np.int64)


def word_hash(token: str) -> int:
    """A 32-bit number for the word a token stands for."""
    return crc32(word_of(token).encode("utf-8", "surrogatepass"))
