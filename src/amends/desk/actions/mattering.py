"""Which of many new posts may matter to cases: the rest is stored, and intake never looks at it.

Intake is dear, and does nothing with a post that opens no case, in whose thread neither a case is
nor we speak, and whose author has no case that it could join. What may change that within a batch
is followed from post to post. A post too many costs a look; a post too few would be a case lost.
"""

from collections.abc import Collection, Sequence

from amends.casework import Intake, decide
from amends.desk.actions.book import Held, cases_in
from amends.desk.actions.intake import ABOUT_US, Circumstances
from amends.desk.actions.keeping import Kept, key_of


def that_matter(kept: Sequence[Kept], around: Circumstances) -> tuple[list[Kept], Collection[Held]]:
    """Those for which intake may do anything, and the cases with posts in the threads of all."""
    if not kept:
        return [], ()
    held = _in_cases(kept)
    threads = {(network, thread) for _, _, network, thread in held}
    spoken = {one.pk: one for one in kept if _speaks_to_us(one)}
    chosen: dict[int, Kept] = {}
    more = [one for one in kept if one.thread in threads or one.mention.ours]
    more += [one for one in spoken.values() if _has_customer(one) or _opens(one, around)]
    while more:
        chosen.update((one.pk, one) for one in more)
        threads = {one.thread for one in more}
        authors = {one.author.pk for one in more if one.author}
        near = [one for one in kept if one.thread in threads]
        near += [one for one in spoken.values() if one.author and one.author.pk in authors]
        more = [one for one in near if one.pk not in chosen]
    return list(chosen.values()), held


def _in_cases(kept: Sequence[Kept]) -> set[Held]:
    new = {key_of(one.mention.post) for one in kept}
    return cases_in({one.thread for one in kept}, new)


def _opens(one: Kept, around: Circumstances) -> bool:
    decision = decide(
        one.mention.reading,
        case=None,
        about_us=True,
        ours=False,
        private=one.private,
        threshold=around.threshold,
        to_us=one.mention.to_us,
    )
    return decision.intake is Intake.OPEN


def _has_customer(one: Kept) -> bool:
    return one.author is not None and one.author.customer is not None


def _speaks_to_us(one: Kept) -> bool:
    """Only what does may join its author's case elsewhere, or open one."""
    return not one.kinds.isdisjoint(ABOUT_US) or one.mention.to_us or one.private
