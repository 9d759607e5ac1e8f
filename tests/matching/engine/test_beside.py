"""What stands beside an anchor is found in the rows asked about (R02)."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.matching.engine.beside import Beside, Needed
from amends.matching.engine.block import Block
from amends.matching.engine.finder import Finder
from amends.matching.engine.probes import Probe, clauses_of
from amends.matching.engine.spots import Spots
from amends.matching.parser import parse
from tests.matching.engine.test_exact import TEXTS


def probes_of(*queries: str) -> list[Probe]:
    clauses = [clause for query in queries for clause in clauses_of(parse(query))]
    return list(dict.fromkeys(probe for clause in clauses for probe in clause))


PROBES = probes_of("acme", "late", '"of the"', "refund*", "fuzzy:refund", "\u624b\u673a", "x2")
PROBES += probes_of("caf\u00e9", "internationalization", "a", "0301")


def beside(block: Block, probes: list[Probe]) -> tuple[Beside, Spots]:
    """What is to be tested, and what tells the same from the hits in all rows."""
    finder = Finder(probes, np.arange(len(probes)))
    return Beside(block, Needed(probes), finder), Spots(
        finder.find(Block(block.texts)), len(probes)
    )


ASKED = st.lists(st.tuples(st.integers(0, 5), st.integers(0, len(PROBES) - 1)), min_size=1)


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS, min_size=6, max_size=6), ASKED)
def test_rows_asked_about_hold_what_all_rows_hold(
    texts: list[str], asked: list[tuple[int, int]]
) -> None:
    rows, numbers = np.array(asked, dtype=np.intp).T
    some, every = beside(Block(texts), PROBES)
    assert some.hold(rows, numbers).tolist() == every.hold(rows, numbers).tolist()


def test_word_is_told_apart_from_others_with_its_outer_letters() -> None:
    probes = probes_of("late", "lake", "l", "\u624b")
    texts = ["acme lake", "late", "", "l ate", "lattes", "\u624b\u673a"]
    rows, numbers = np.divmod(np.arange(24), 4)
    some, _ = beside(Block(texts), probes)
    found = np.flatnonzero(some.hold(rows, numbers)).tolist()
    assert found == [1, 4, 14, 23]


def test_words_that_share_a_key_are_looked_for_by_it() -> None:
    block, (late, air) = Block(["acme late", "acme air"]), probes_of("late", "air")
    shared = Probe(late.kind, late.key)
    some, _ = beside(block, [shared, air])
    assert some.hold(np.array([0, 1, 1]), np.array([0, 0, 1])).tolist() == [True, False, True]
