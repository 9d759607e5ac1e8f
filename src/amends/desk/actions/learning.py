"""``amends learn``: a head from the desk's own corrections. It never leaves the desk."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
from django.conf import settings
from django.db import transaction

from amends.casework.correcting import LEAST, LEAST_OF_EACH, enough
from amends.desk.models import LearntHead
from amends.desk.queries.corrections import Lesson, lessons, others
from amends.terms import BadInput
from amends.understanding.head import FILE, save_head
from amends.understanding.headcard import card
from amends.understanding.learning import KINDS, Corpus, Learnt, learn
from amends.understanding.reader import TieredReader
from amends.understanding.readings import Understanding
from amends.understanding.tiers import Seen

OTHERS: Final = 500
CARD: Final = "card.md"
_AT_ONCE: Final = 64
Progress = Callable[[str, int, int], None]


def heads_folder() -> Path:
    return Path(settings.AMENDS_HOME) / "heads"


def learn_head(
    reader: TieredReader, *, seed: int, now: datetime, progress: Progress, least: int = LEAST
) -> LearntHead:
    """Learn from all corrections that hold, measure on corrections held back, and write head and card
    under the home folder. What reads changes only when an administrator puts it in force.

    Raises ``BadInput`` where there are too few corrections.
    """
    reader = reader.with_head(None)
    told = lessons()
    kinds = [kind for kind in KINDS if enough(_called(told, kind), least=least)]
    if not kinds:
        raise BadInput(_too_few(told, least))
    corpus = _corpus(told, reader, progress)
    name = (
        f"head-{(LearntHead.objects.order_by('-pk').values_list('pk', flat=True).first() or 0) + 1}"
    )
    learnt = learn(
        corpus, kinds, name=name, reader=reader.tiers.whole, threshold=reader.threshold, seed=seed,
        progress=progress,
    )  # fmt: skip
    return _kept(learnt, seed=seed, now=now)


def _called(told: Sequence[Lesson], kind: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in told:
        if kind in one.said:
            found[one.said[kind]] = found.get(one.said[kind], 0) + 1
    return found


def _too_few(told: Sequence[Lesson], least: int) -> str:
    called = _called(told, "complaint")
    there = f"{called.get('complaint', 0)} complaints and {called.get('none', 0)} that are none"
    return (
        f"There is too little to learn from: a head needs {least} posts that colleagues called a"
        f" complaint or none, {LEAST_OF_EACH} of each at least, and there are {there}. Say it of more"
        " posts, of right readings too: c and n on a case or on the page Heard."
    )


def _corpus(told: Sequence[Lesson], reader: TieredReader, progress: Progress) -> Corpus:
    more = others(besides=[one.post for one in told], most=OTHERS)
    understanding = Understanding(reader)
    texts = [
        understanding.text_read(text) for text in (*(o.text for o in told), *(t for t, _ in more))
    ]
    langs = [one.lang or None for one in told] + [lang or None for _, lang in more]
    parts, readings = [], []
    for at in range(0, len(texts), _AT_ONCE):
        some = texts[at : at + _AT_ONCE]
        parts.append(reader.tiers.see(some))
        readings += understanding.read(some, langs[at : at + _AT_ONCE])
        progress("reading", min(at + _AT_ONCE, len(texts)), len(texts))
    said = [one.said for one in told] + [{}] * len(more)
    groups = [one.author for one in told] + [None] * len(more)
    return Corpus(texts, said, groups, _joined(parts), readings)


def _joined(parts: Sequence[Seen]) -> Seen:
    """One after another; parts of which the deep tier read nothing get noughts for its rows."""
    width = max(part.rows.shape[1] for part in parts)
    rows = [
        part.rows if part.rows.shape[1] == width else np.zeros((len(part.raw), width), np.float32)
        for part in parts
    ]
    return Seen(
        np.concatenate([part.raw for part in parts]),
        np.concatenate(rows),
        np.concatenate([part.silent for part in parts]),
        np.concatenate([part.deep for part in parts]),
        np.concatenate([part.unsure for part in parts]),
        [words for part in parts for words in part.why],
    )


def _kept(learnt: Learnt, *, seed: int, now: datetime) -> LearntHead:
    head, figures = learnt.head, learnt.as_json() | {"seed": seed}
    folder = heads_folder() / head.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        digest = save_head(head, folder / FILE)
        told = card(head.name, head.reader, figures, made=f"{now:%Y-%m-%d}", seed=seed)
        (folder / CARD).write_text(told, "utf-8")
    except OSError as error:
        raise BadInput(
            f"The head cannot be written to {folder} ({error.strerror}). Give this user write access."
        ) from error
    with transaction.atomic():
        return LearntHead.objects.create(
            folder=head.name, digest=digest, reader=head.reader, figures=figures, at=now
        )
