"""Canned replies (R29): near copies of recent ones, and stock phrases."""

from amends.guard.copies import RecentReplies
from amends.guard.stock import stock_share
from amends.guard.writing import Writing

_STOCK_SHARE = 0.9
_SHOWN = 120
# "Thanks for your patience" is one move, and so is "we value your feedback".
_ONE_MOVE = ({"thanks", "you matter"}, {"you matter", "above all"})


def check_canned(writing: Writing, recent: RecentReplies | None) -> None:
    copied = recent.nearest(writing.page.text) if recent is not None else None
    if copied is not None and copied.similarity >= writing.policy.similarity:
        shown = copied.text if len(copied.text) <= _SHOWN else f"{copied.text[: _SHOWN - 1]}\u2026"
        reason = f"This is {copied.similarity:.0%} the same as a recent reply: \u201c{shown}\u201d"
        writing.add("near_copy", reason=reason, similarity=copied.similarity, resembles=copied.text)
    _check_stock(writing)


def _check_stock(writing: Writing) -> None:
    stock = stock_share(writing.page, _STOCK_SHARE)
    danced = len(stock.moves) > 1 and stock.moves not in _ONE_MOVE
    if not danced or writing.shared or _specific(writing, stock.moves):
        return
    reason = f"{stock.share:.0%} of these words are stock phrases; nothing in them is about this complaint."
    writing.add("stock_phrases", reason=reason, similarity=stock.share)


def _specific(writing: Writing, moves: frozenset[str]) -> bool:
    """It asks or names a way to go on, or is a thank-you for praise, who is not told that they matter."""
    page = writing.page
    asks = "?" in page.flat or bool(page.links) or bool(page.mails) or writing.says("route")
    praised = writing.says("warm_praise") and not writing.sorry and "above all" not in moves
    return asks or (praised and not moves >= {"look into", "you matter"})
