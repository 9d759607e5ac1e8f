"""A head is learnt from the desk's corrections and put in force by an administrator."""

import logging
from functools import cache
from pathlib import Path

import pytest
from django.conf import LazySettings

from amends.desk.actions.learning import heads_folder, learn_head
from amends.desk.actions.reading import Asked, desk_reader
from amends.desk.actions.reading_rules import put_in_force, save_reading_rules
from amends.desk.models import ChannelRow, Correction, LearntHead, PostRow, ReadingRules
from amends.desk.queries.reading_rules import rules_in_force
from amends.terms import BadInput, NotAllowed
from amends.understanding import load_reader
from amends.understanding.reader import TieredReader
from tests.factories import NOON, brand, channel, heard_at_once, mention
from tests.people import ada, mina, noor, omar

pytestmark = [pytest.mark.database, pytest.mark.alike]


@cache
def fast() -> TieredReader:
    return load_reader().at("none")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: LazySettings) -> Path:
    settings.AMENDS_HOME = tmp_path
    return tmp_path


def _correct(number: int = 20) -> None:
    """Colleagues say of so many posts each what they are."""
    fails = [f"halcyon kaputnik number {n}" for n in range(number)]
    fine = [f"halcyon plonk number {n}" for n in range(number)]
    posts = [
        mention(text, handle=f"h{at}", complaint=0.2) for at, text in enumerate([*fails, *fine])
    ]
    heard_at_once(*posts)
    Correction.objects.bulk_create(
        Correction(
            post=row, what="complaint", said="complaint" if "kaputnik" in row.text else "none",
            was="none", complaint=0.2, model="made-up", by=mina(), at=NOON,
        )
        for row in PostRow.objects.all()
    )  # fmt: skip


def _learn() -> LearntHead:
    return learn_head(fast(), seed=7, now=NOON, progress=lambda *_: None)


def test_too_few_corrections_are_a_sentence() -> None:
    _correct(5)
    with pytest.raises(BadInput, match="there are 5 complaints and 5 that are none"):
        _learn()


def test_head_is_written_with_its_card_and_reads_only_when_put_in_force(home: Path) -> None:
    _correct()
    head = _learn()
    (kind,) = head.figures["kinds"]
    assert (kind["kind"], kind["posts"], kind["after"] > kind["before"]) == ("complaint", 40, True)
    card = (home / "heads" / head.folder / "card.md").read_text("utf-8")
    assert "macro-f1" in card.lower()
    assert "kaputnik" not in card
    assert b"kaputnik" not in (home / "heads" / head.folder / "head.npz").read_bytes()
    asked = [Asked("what a kaputnik", "en")]
    before = desk_reader(fast(), brand()).read(asked)[0]
    version = channel().version
    put_in_force(head, reader=fast().tiers.whole, by=ada(), now=NOON)
    after = desk_reader(fast(), brand()).read(asked)[0]
    assert after.complaint > before.complaint + 0.2
    assert after.model.endswith(f"+{head.folder}")
    assert ChannelRow.objects.get().version == version + 1  # listeners begin anew with it
    put_in_force(None, reader=fast().tiers.whole, by=ada(), now=NOON)
    assert desk_reader(fast(), brand()).read(asked)[0] == before


def test_next_head_stands_beside_the_first() -> None:
    _correct()
    assert [_learn().folder, _learn().folder] == ["head-1", "head-2"]


def _worse() -> LearntHead:
    _correct()
    head = _learn()
    head.figures = head.figures | {"worse": True}
    head.save(update_fields=["figures"])
    return head


def test_head_that_reads_worse_needs_a_reason() -> None:
    head = _worse()
    with pytest.raises(BadInput, match="worse than without it"):
        put_in_force(head, reader=head.reader, by=ada(), now=NOON)
    put_in_force(head, reader=head.reader, reason="It finds our own words", by=ada(), now=NOON)
    assert rules_in_force().head == head


def test_head_of_another_reader_or_without_its_file_is_not_put_in_force() -> None:
    _correct()
    head = _learn()
    with pytest.raises(BadInput, match="Run amends learn again"):
        put_in_force(head, reader="reader-9", by=ada(), now=NOON)
    (heads_folder() / head.folder / "head.npz").unlink()
    with pytest.raises(BadInput, match="There is no head"):
        put_in_force(head, reader=head.reader, by=ada(), now=NOON)


def test_listening_goes_on_where_the_head_cannot_be_had(caplog: pytest.LogCaptureFixture) -> None:
    head = LearntHead.objects.create(folder="head-7", digest="", reader="r", figures={}, at=NOON)
    ReadingRules.objects.create(head=head, by=ada(), at=NOON)
    with caplog.at_level(logging.WARNING):
        desk = desk_reader(fast(), brand())
    assert desk.read([Asked("lost", "en")])[0].model == fast().model
    assert "Reading goes on without head-7" in caplog.text


def test_rules_are_an_administrators_and_name_somebody_who_works() -> None:
    with pytest.raises(NotAllowed):
        save_reading_rules(hand_up_to=None, vulnerable=True, by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match="cannot be handed cases"):
        save_reading_rules(hand_up_to=noor(), vulnerable=False, by=ada(), now=NOON)
    save_reading_rules(hand_up_to=omar(), vulnerable=True, by=ada(), now=NOON)
    assert (rules_in_force().hand_up_to, rules_in_force().vulnerable) == (omar(), True)
    text = "My mother died and Halcyon charges me, I cannot pay my rent"
    found = desk_reader(fast(), brand()).read([Asked(text, "en")])[0]
    assert "vulnerable" in found.intents
