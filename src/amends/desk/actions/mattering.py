"""Which of many new posts may matter to cases: the rest is stored, and intake never looks at it.

Intake is dear, and does nothing with a post that opens no case, in whose thread neither a case is
nor we speak, and whose author has no case that it could join. What may change that within a batch
is followed from post to post. A post too many costs a look; a post too few would be a case lost.
"""

from collections.abc import Collection

from amends.casework import Intake, decide
from amends.desk.actions.book import Held, cases_in
from amends.desk.actions.intake import ABOUT_US, Circumstances
from amends.desk.actions.keeping import Kept


def that_matter(kept: Kept, around: Circumstances) -> tuple[list[int], Collection[Held]]:
    """The places of those for which intake may do anything, and the cases with posts in the threads
    of all."""
    if not kept:
        return [], ()
    held = cases_in(kept.threads, kept.keys)
    spoken = _speak_to_us(kept)
    authors = kept.columns["author_id"]
    threads = {(network, thread) for _, _, network, thread in held}
    more = {at for at, thread in enumerate(kept.threads) if thread in threads}
    more.update(at for at, ours in enumerate(kept.columns["ours"]) if ours)
    more.update(at for at in spoken if authors[at] in kept.customers or _opens(kept, at, around))
    chosen: set[int] = set()
    while more:
        chosen |= more
        threads = {kept.threads[at] for at in more}
        theirs = {authors[at] for at in more if authors[at] is not None}
        near = {at for at, thread in enumerate(kept.threads) if thread in threads}
        near.update(at for at in spoken if authors[at] in theirs)
        more = near - chosen
    return sorted(chosen), held


def _opens(kept: Kept, at: int, around: Circumstances) -> bool:
    mention = kept.mentions[at]
    decision = decide(
        mention.reading,
        case=None,
        about_us=True,
        ours=False,
        private=kept.columns["private"][at],
        threshold=around.threshold,
        to_us=mention.to_us,
    )
    return decision.intake is Intake.OPEN


def _speak_to_us(kept: Kept) -> list[int]:
    """Only what does may join its author's case elsewhere, or open one."""
    about = {kinds for kinds in set(kept.kinds) if not kinds.isdisjoint(ABOUT_US)}
    of = zip(kept.kinds, kept.columns["to_us"], kept.columns["private"], strict=True)
    return [
        at for at, (kinds, to_us, private) in enumerate(of) if kinds in about or to_us or private
    ]
