"""Edits that leave a post's meaning alone, under which its labels should stay."""

import re
from collections.abc import Callable

_HANDLE = re.compile(r"@\w+")
_EMOJI = re.compile(r"[\u2600-\u27bf\U0001f300-\U0001faff]")
_OPENING = re.compile(r'(^|\s)"')


def another_handle(text: str) -> str:
    return _HANDLE.sub("@somebody_else", text)


def link_added(text: str) -> str:
    return f"{text} https://example.com/x7Qz"


def upper_case(text: str) -> str:
    return text.upper()


def emoji_repeated(text: str) -> str:
    return _EMOJI.sub(lambda found: found[0] * 3, text)


def curly_quotes(text: str) -> str:
    text = _OPENING.sub("\\1\u201c", text).replace('"', "\u201d")
    return text.replace("'", "\u2019")


EDITS: dict[str, Callable[[str], str]] = {
    "another handle": another_handle,
    "a link added": link_added,
    "upper case": upper_case,
    "emoji repeated": emoji_repeated,
    "curly quotes": curly_quotes,
}
