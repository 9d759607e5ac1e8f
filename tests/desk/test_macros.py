"""Macros (issue 5, item 10): several steps by one key, all or none, and nothing is ever sent."""

import pytest

from amends.casework.macros import Do, Macro, Step, check_macro, data_of, macro_of, says
from amends.casework.saying import Names
from amends.desk.actions import proof
from amends.desk.actions.macros import Ran, remove_macro, run_macro, save_macro
from amends.desk.actions.snippets import save_snippet
from amends.desk.models import Draft, MacroRow, OutgoingReply
from amends.desk.queries.macros import macros_now, readable_macros
from amends.terms import BadInput, NotAllowed
from tests.factories import NOON, case
from tests.people import ada, mina, noor, omar

pytestmark = [pytest.mark.database, pytest.mark.alike]


def macro(*steps: Step, key: str = "", name: str = "Late bag", mode: str = "") -> MacroRow:
    return save_macro(None, name=name, key=key, macro=Macro(steps, mode), by=ada(), now=NOON)


def insert(text: str = "Hi {customer.first_name}, your bag is in Oslo.") -> Step:
    snippet = save_snippet(None, key="bag", name="Bag", texts={"en": text}, by=ada(), now=NOON)
    return Step(Do.INSERT, str(snippet.pk))


def test_steps_are_done_in_one_go_and_the_text_is_left_to_a_person() -> None:
    """The issue: "macros that never send a half-written draft"."""
    steps = (Step(Do.LABEL, "late"), Step(Do.PERSON, "me"), insert(), Step(Do.STATE, "waiting"))
    row = macro(*steps)
    made = case()
    ran = run_macro(made, row, mode="private", by=mina(), now=NOON)
    made.refresh_from_db()
    assert (ran.mode, ran.filled.text if ran.filled else "") == (
        "private", "Hi Rosa, your bag is in Oslo.",
    )  # fmt: skip
    assert (made.owner, made.state, made.labels.get().name) == (mina(), "waiting", "late")
    assert (OutgoingReply.objects.count(), Draft.objects.count()) == (0, 0)
    last = made.history.order_by("-seq")[0]
    assert (last.kind, last.data, last.actor) == (
        "macro.run", {"macro": row.pk, "version": 1}, mina(),
    )  # fmt: skip
    assert proof(made).whole


def test_step_that_is_refused_undoes_them_all() -> None:
    row = macro(Step(Do.LABEL, "late"), Step(Do.PERSON, "me"), Step(Do.STATE, "dismissed"))
    made = case()
    made.state = "resolved"
    made.save(update_fields=["state"])
    with pytest.raises(NotAllowed, match="A case that is resolved cannot become dismissed"):
        run_macro(made, row, by=mina(), now=NOON)
    made.refresh_from_db()
    assert (made.owner, made.labels.count(), made.history.filter(kind="macro.run").count()) == (
        None, 0, 0,
    )  # fmt: skip


def test_every_step_reads_as_words() -> None:
    names = Names(people={"7": "Mina"}, teams={"3": "Berlin"}, snippets={"5": "bag"})
    made = Macro(
        (
            Step(Do.LABEL, "late"), Step(Do.UNLABEL, "new"), Step(Do.PRIORITY, "4"),
            Step(Do.TEAM, "3"), Step(Do.INSERT, "5"), Step(Do.STATE, "resolved"),
            Step(Do.SNOOZE, "60"),
        ),
        "public",
    )  # fmt: skip
    assert says(made, names) == (
        'Label it "late", take off the label "new", set its priority to urgent, hand it to team Berlin,'
        ' put the snippet "bag" into a public reply, resolve it and snooze it for 1 hour.'
    )
    assert macro_of(data_of(made)) == made


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ((), "Choose what the macro does"),
        ((Step(Do.LABEL, "a"), Step(Do.LABEL, "a")), "each of them once"),
        ((Step(Do.STATE, "closed"),), "Say more about the step state"),
        ((Step(Do.PERSON, "1"), Step(Do.TEAM, "1")), "one person or one team"),
        ((Step(Do.STATE, "open"), Step(Do.STATE, "resolved")), "one of each"),
        ((Step(Do.SNOOZE, "0"),), "Say more about the step snooze"),
    ],
)
def test_macro_that_cannot_be_run_is_refused(steps: tuple[Step, ...], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        check_macro(Macro(steps))


def test_one_key_runs_one_macro_and_is_free_once_that_is_gone() -> None:
    row = macro(Step(Do.LABEL, "a"), key="1")
    macro(Step(Do.LABEL, "b"), name="Other")
    with pytest.raises(BadInput, match="The key 1 runs Late bag"):
        macro(Step(Do.LABEL, "c"), key="1", name="Third")
    remove_macro(row, by=ada(), now=NOON)
    macro(Step(Do.LABEL, "c"), key="1", name="Third")
    assert [r.name for r, _ in readable_macros(macros_now())] == ["Third", "Other"]


def test_versions_are_kept_and_administrators_alone_make_them() -> None:
    row = macro(Step(Do.LABEL, "a"))
    other = Macro((Step(Do.LABEL, "b"),))
    save_macro(row, name="Late bag", key="", macro=other, by=ada(), now=NOON)
    assert [v.data["steps"][0]["value"] for v in row.versions.order_by("number")] == ["a", "b"]
    with pytest.raises(NotAllowed):
        save_macro(row, name="x", key="", macro=other, by=omar(), now=NOON)


def test_macro_does_only_what_whoever_runs_it_may() -> None:
    """R50: a macro is no way round a role."""
    row = macro(Step(Do.LABEL, "a"))
    with pytest.raises(NotAllowed):
        run_macro(case(), row, by=noor(), now=NOON)
    assert run_macro(case(), row, by=mina(), now=NOON) == Ran()
