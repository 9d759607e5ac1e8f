"""Letters and digits that look alike, and what a word looks like."""

import unicodedata
from functools import lru_cache

import regex

# The letters that Unicode's confusables.txt (UTS #39, version 15.1) puts in one class with a letter
# or digit of ASCII or with its small capital, alone or with a stroke, hook or other mark; and four
# of our own: small beta, eth, mu and omega. Those that NFKC folds already are left out, and so are
# the scripts written without blanks, where each character is a token.
_CODES = {
    "a": "251 391 3b1 410 430 13aa 13ce 15c5 1d00 a4ee ab7a 102a0 118af 16f40",
    "b": (
        "180 182 183 184 222 223 253 299 392 3b2 411 412 42c 431 432 462 463 48c 48d 9ea a6a "
        "13cf 13ee 13f4 13fc 1472 1473 15af 15f7 2cd2 a4d0 a7b4 10282 102a1 10301 1031a 118d5"
    ),
    "c": (
        "23c 421 441 4aa 4ab 13df 1d04 2ca4 2ca5 a4da abaf 102a2 10302 10415 1043d 1051c "
        "118e9 118f2"
    ),
    "d": "d0 f0 110 111 189 18c 256 257 501 13a0 13e7 146f 15de 15ea 1d05 a4d2 a4d3 ab70",
    "e": (
        "1b7 21c 246 247 395 415 417 435 498 4bd 4bf 4e0 13ac 1d07 2ccc 2d39 a4f0 a76a a7ab "
        "ab32 ab7c 10286 118a6 118ae 118ca 16f3b"
    ),
    "f": ("191 192 3dc 584 15b4 1d6e 1e9d a4dd a730 a798 a799 ab35 10287 102a5 10525 118a2 118c2"),
    "g": (
        "18d 1e4 1e5 260 261 262 50c 50d 581 9ed a67 b68 d6d 13c0 13f3 13fb 1d83 2cca a4d6 "
        "a76e ab90 118ac 118cc 118d6"
    ),
    "h": (
        "126 127 266 29c 397 41d 43d 45b 4a2 4bb 4c7 4c9 570 13bb 13c2 13f2 157c 2c67 2c8e "
        "a4e7 a695 ab8b 102cf"
    ),
    "j": "248 249 37f 3f3 408 458 13ab 148d 1d0a a4d9 a7b2 ab7b",
    "k": "138 199 39a 3ba 41a 43a 49a 49e 13e6 16d5 1d0b 2c69 2c94 2c95 a4d7 a740 abb6 10518",
    "l": (
        "131 141 142 196 197 19a 1c0 268 269 26a 26b 26d 29f 399 3b9 406 456 4c0 4cf 6f1 13a5 "
        "13de 14aa 16c1 1d7b 1d7c 2c92 2cd0 2cd1 2d4f a4e1 a4f2 a647 ab75 abae 1028a 10309 "
        "10320 1041b 10443 10526 118a3 118b2 118c3 16f16 16f28"
    ),
    "m": (
        "28d 39c 3fa 41c 43c 4cd 13b7 15f0 16d6 1d0d 2c98 a4df ab51 ab87 102b0 10311 11700 118e3"
    ),
    "n": "19d 19e 272 273 274 39d 3b7 578 57c 1d70 2c9a a4e0 10513",
    "o": (
        "d8 f8 19f 275 398 39f 3b8 3bf 3c3 41e 43e 472 473 4e8 4e9 555 585 6f5 966 9e6 a66 "
        "ae6 b20 b66 be6 c66 ce6 d20 d66 10ff 12d0 13a4 13be 13eb 1d0f 1d11 2c9e 2c9f 2d31 "
        "2d41 2d54 a4f3 a74a a74b ab3d ab3e ab74 ab8e abbb 10292 102ab 10404 1042c 104c2 "
        "104ea 10516 114d0 118b5 118c8 118d7 118e0"
    ),
    "p": "1a5 3a1 3c1 420 440 13e2 146d 1d18 1d29 1d7d 2ca2 2ca3 a4d1 abb2 10295",
    "q": "2a0 51b 563 566 2d55 a7af",
    "r": (
        "1a6 24d 27c 27d 280 433 493 13a1 13d2 1587 1d26 1d72 2c85 a4e3 ab47 ab48 ab71 ab81 "
        "aba2 104b4 16f35"
    ),
    "s": (
        "1bc 1bd 282 405 455 54f 13d5 13da 1d74 a4e2 a731 abaa 10296 10420 10448 118bb 118c1 16f3a"
    ),
    "t": (
        "166 167 1ab 1ad 1ae 23e 3a4 3c4 422 442 4ac 13a2 13bf 1d1b 1d75 2ca6 a4d4 ab72 10297 "
        "102b1 10315 104d2 118bc 118c6 16f0a"
    ),
    "u": (
        "244 28b 3bc 3c5 54d 57d 1200 13cc 144c 1d1c 1d7e a4f4 a79f ab4e ab52 ab9c 104ce "
        "104f6 118b8 118d8 16f42"
    ),
    "v": "3bd 474 475 6f7 13d9 142f 1d20 2d38 a4e6 a6df aba9 1051d 11706 118a0 118c0 16f08",
    "w": (
        "26f 3c9 461 51c 51d 561 13b3 13d4 1d21 a4ea a761 ab83 114c5 1170a 1170e 1170f 118e6 118ef"
    ),
    "x": ("3a7 425 445 4b2 1541 157d 16b7 2cac 2d5d a4eb a7b3 10290 102b4 10317 10322 10527 118ec"),
    "y": (
        "1b4 24e 24f 263 28f 3a5 3b3 423 443 4ae 4af 4b0 4b1 10e7 13a9 13bd 1d8c 1eff 2ca8 "
        "a4ec ab5a 102b2 118a4 118dc 16f43"
    ),
    "z": (
        "1a7 1b5 1b6 1bb 224 225 290 396 3e8 13c3 14bf 1d22 1d76 a4dc a644 a6ef a75a ab93 "
        "102f5 118a9 118c4 118e5"
    ),
}
_CLASSES = dict(zip("0123456789i", "olzeasbtbgl", strict=True))
"""Digits and the letters they stand for. A capital I is a small l to the eye, so i is l as well."""
REPLACED = (
    ("rn", "m"),
    ("w", "vv"),
    ("\u00e6", "ae"),
    ("\u0153", "oe"),
    ("\u00df", "ss"),
)
"""What looks like two letters, and two that look like one: replaced in this order in the end."""

_LETTERS = {
    **{chr(int(code, 16)): letter for letter, codes in _CODES.items() for code in codes.split()},
    **_CLASSES,
}
_SYLLABLES = range(0xAC00, 0xD7A4)  # Hangul: taken apart they would look like nothing else
_ACCENTS = regex.compile(r"(?V1)[\p{Mn}&&\p{sc=Zinh}]+")
_LETTER = regex.compile(r"\p{L}")


def appearance(char: str) -> str:
    """What a character of a text in form NFKC looks like, before any are replaced; accents are none.

    Each character of what comes out looks like itself.
    """
    if ord(char) in _SYLLABLES:
        return char
    return "".join(map(_letter, _ACCENTS.sub("", unicodedata.normalize("NFD", char))))


def skeleton(word: str) -> str:
    """What a word, in form NFKC with its capitals, looks like: two that come out the same do."""
    seen = "".join(map(_appearance, word))
    for one, two in REPLACED:
        seen = seen.replace(one, two)
    return seen


def capitalisations(word: str) -> frozenset[str]:
    """A word as it is, in small letters, in capitals, and with a first capital.

    They differ in looks where the capitals of an alphabet look like other letters than its small
    ones do.
    """
    return frozenset((word, word.lower(), word.upper(), word.capitalize()))


def is_number(token: str) -> bool:
    """Whether a token holds no letter."""
    return _LETTER.search(token) is None


_appearance = lru_cache(4096)(appearance)


def _letter(char: str) -> str:
    known = _LETTERS.get(char)
    if known is not None:
        return known
    folded = char.casefold()
    if folded == "ss":
        return "\u00df"
    return "".join(_LETTERS.get(one, one) for one in folded)
