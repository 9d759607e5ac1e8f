"""Which of many new posts may matter to cases: the rest is stored, and intake never looks at it.

Intake is dear, and does nothing with a post that opens no case, in whose thread neither a case is
nor we speak, and whose author has no case that it could join. What may change that within a batch
is followed from post to post. A post too many costs a look; a post too few would be a case lost.
"""

from collections.abc import Collection, Sequence

from amends.casework import Intake, decide
from amends.desk.actions.intake import ABOUT_US, Circumstances
from amends.desk.actions.keeping import Kept, key_of
from amends.desk.models import PostRow
from amends.desk.queries.threads import Key, in_threads


def that_matter(kept: Sequence[Kept], around: Circumstances) -> list[Kept]:
    """Those for which intake may do anything."""
    if not kept:
        return []
    held = _in_cases(kept)
    chosen: list[Kept] = []
    left = list(kept)
    more = [one for one in left if _matters(one, held, around)]
    while more:
        chosen += more
        picked = {one.pk for one in more}
        left = [one for one in left if one.pk not in picked]
        threads = {one.thread for one in more}
        authors = {one.author.pk for one in more if one.author}
        more = [
            one
            for one in left
            if one.thread in threads
            or (one.author is not None and one.author.pk in authors and _speaks_to_us(one))
        ]
    return chosen


def _in_cases(kept: Sequence[Kept]) -> set[Key]:
    """The threads with posts in cases; of other networks too where ids are the same."""
    posts = PostRow.objects.filter(place__isnull=False)
    new = {key_of(one.mention.post) for one in kept}
    threads = {one.thread for one in kept}
    answers, *_ = in_threads(posts, threads)
    _, *firsts = in_threads(posts, threads - new)  # a new post is in no case yet
    return {
        thread
        for rows in (answers, *firsts)
        for thread in rows.values_list("network", "conversation").distinct()
    }


def _matters(one: Kept, held: Collection[Key], around: Circumstances) -> bool:
    mention = one.mention
    if mention.ours or one.thread in held:
        return True
    if not _speaks_to_us(one):
        return False
    return _has_customer(one) or _opens(one, around)


def _opens(one: Kept, around: Circumstances) -> bool:
    decision = decide(
        one.mention.reading,
        case=None,
        about_us=True,
        ours=False,
        private=one.private,
        threshold=around.threshold,
    )
    return decision.intake is Intake.OPEN


def _has_customer(one: Kept) -> bool:
    return one.author is not None and one.author.customer is not None


def _speaks_to_us(one: Kept) -> bool:
    """Only what does may join its author's case elsewhere, or open one."""
    return one.mention.to_us or one.private or not one.kinds.isdisjoint(ABOUT_US)
