"""Personal data in a reply (R33): shown in public, or asked for where all can read the answer."""

import re
from collections.abc import Iterable

from amends.guard.page import Page
from amends.guard.personal import personal_data
from amends.guard.writing import Writing

_PRIVATE_WAY = re.compile(
    r"\b(?:dms?|pms?|direct message|private message|privat\w*|inbox|priv\w*|delete|remove)\b"
)


_TOLD = re.compile(r"[\w.+-]{1,64}@[\w-]{1,60}(?:\.[\w-]{1,60})+|\b(?=(?:\w*\d){3})[\w-]{4,40}\b")


def private_words(texts: Iterable[str]) -> tuple[str, ...]:
    """What private messages told that may not stand in public: addresses, numbers, codes (R33)."""
    return tuple(dict.fromkeys(word for text in texts for word in _TOLD.findall(text[:20_000])))


_MAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_NUMBER = re.compile(r"\+?\d(?:[ ()./-]{0,2}\d){4,}")
_CODE = re.compile(r"\b(?=\w*[^\W\d_])(?=(?:[^\W\d]*\d){2})[A-Za-z0-9]{5,}\b")


def without_personal_data(text: str, *, names: Iterable[str] = (), own: Iterable[str] = ()) -> str:
    """The text with personal data and ``names`` taken out, for eyes outside the house (R33).

    Rather too much than too little: beside what the guard would find in a reply, every address,
    every number of five digits and every code goes, but for ``own``, our addresses and numbers.
    """
    page, kept = Page(text), tuple(own)
    for shown in sorted(personal_data(page, own=kept), key=lambda one: -one.span[0]):
        start, end = shown.span
        text = text[:start] + shown.replacement + text[end:]
    ours = {"".join(filter(str.isalnum, one)).casefold() for one in kept}
    for pattern, instead in (
        (_MAIL, "[e-mail address]"),
        (_NUMBER, "[number]"),
        (_CODE, "[number]"),
    ):
        text = pattern.sub(lambda found, put=instead: _unless_ours(found[0], ours, put), text)  # type: ignore[misc]
    for name in sorted(
        {one.strip() for one in names if len(one.strip()) > 1}, key=len, reverse=True
    ):
        text = re.sub(rf"(?<!\w)@?{re.escape(name)}(?!\w)", "[name]", text, flags=re.IGNORECASE)
    return text


def _unless_ours(found: str, ours: set[str], instead: str) -> str:
    return found if "".join(filter(str.isalnum, found)).casefold() in ours else instead


def check_personal_data(writing: Writing) -> None:
    facts, page = writing.facts, writing.page
    if "asks_secret" in writing.said:
        writing.add_said("asks_secret")
    own = writing.policy.contacts
    for shown in personal_data(page, own=own, account=facts.account or ""):
        if facts.public or shown.code == "card":
            writing.add(shown.code, shown.span, replacement=shown.replacement)
    if facts.public:
        _check_private_words(writing)
        _check_asked(writing)


def _check_private_words(writing: Writing) -> None:
    folded = writing.page.folded
    for word in writing.facts.private_words:
        wanted = word.casefold().strip()
        at = folded.find(wanted) if len(wanted) > 2 else -1
        if at >= 0:
            span = writing.page.span(at, at + len(wanted))
            writing.add("private_words", span, replacement="[\u2026]")


def _check_asked(writing: Writing) -> None:
    if "asks_data" not in writing.said or writing.says("asks_secret"):
        return
    private = _PRIVATE_WAY.search(writing.page.flat) is not None
    if writing.says("asks_public") and not private:
        writing.add_said("asks_here", "asks_data")
    elif not writing.says("route") and not writing.page.links and not writing.page.mails:
        writing.add_said("asks_personal_data", "asks_data")
