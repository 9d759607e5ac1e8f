"""Rules are set up on a page that reads as a sentence and tries them before they are saved."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from lxml import etree

from amends.casework import Priority
from amends.casework.automation import STEPS, Rule, rule_of
from amends.casework.saying import sentence
from amends.desk.actions import prioritise_case
from amends.desk.actions.clockwork import sound_alarms
from amends.desk.actions.ruling import run_rules
from amends.desk.actions.snippets import save_snippet
from amends.desk.models import CaseEvent, ReadingRow, RuleGrant, RuleRow
from amends.desk.queries.rule_samples import try_rule
from tests import factories, people
from tests.factories import NOON
from tests.support.trying import Tried
from tests.web.support import HTMX, Page, case_part, signed_in
from tests.web.support import fragment as drawn

pytestmark = [pytest.mark.database, pytest.mark.alike]

TYPED: dict[str, Any] = {
    "name": "German and grave",
    "trigger": "opened",
    "network": ["demo"],
    "language": ["de"],
    "severity": "accusation",
    "do_label": "de\n",
    "do_tell": ["leads"],
}
SAYS = (
    "When a case opens on Demo in German and its severity is accusation or worse, "
    'label it "de" and tell the lead.'
)


def _saved(**more: Any) -> RuleRow:
    client = signed_in(people.ada())
    answer = client.post(reverse("rule-new"), TYPED | more)
    assert answer.status_code == 302, answer.content.decode()
    return RuleRow.objects.order_by("-pk")[0]


def _rule(row: RuleRow) -> Rule:
    return rule_of(row.data)


def _page(row: RuleRow, person: str = "ada") -> Page:
    client = signed_in(getattr(people, person)())
    return Page(client.get(reverse("rule", args=[row.pk])).content.decode())


def test_form_is_the_sentence_and_the_other_way_round() -> None:
    row = _saved()
    assert sentence(_rule(row)) == SAYS
    client = signed_in(people.ada())
    page = _page(row)
    ticked = {
        (attrs["name"], attrs["value"])
        for tag, attrs in page.tags
        if tag == "input" and "checked" in attrs
    }
    assert ticked == {
        ("trigger", "opened"), ("network", "demo"), ("language", "de"), ("do_tell", "leads"),
        ("do_reply", ""),
    }  # fmt: skip
    assert client.post(reverse("rule", args=[row.pk]), TYPED).status_code == 302
    row.refresh_from_db()
    assert (row.number, row.enabled) == (1, False)  # saved as it was


def test_everything_a_rule_can_say_survives_its_form() -> None:
    told, team = people.omar(), "30 min"
    row = _saved(
        trigger="waited", after="4 h", watch=["brand"], role=["press"], followers=["to1k", "more"],
        state=["new"], visibility=["public"], not_network="on", label="vip\ngold", not_label="on",
        words="money back", priority="3", waiting="2 h", do_person=str(told.pk), do_priority="4",
        do_snooze=team, do_note="Call them.", do_tell=["owner", str(told.pk)],
    )  # fmt: skip
    first = _rule(row)
    page = signed_in(people.ada()).get(reverse("rule", args=[row.pk])).content.decode()
    fields: dict[str, Any] = {}
    for field in Fields(page).found:
        fields.setdefault(field[0], []).append(field[1])
    signed_in(people.ada()).post(reverse("rule", args=[row.pk]), fields | {"name": ["Again"]})
    row.refresh_from_db()
    assert (row.name, _rule(row)) == ("Again", first)


class Fields:
    """What a browser would send of a page's forms as they are drawn."""

    def __init__(self, source: str) -> None:
        self.found: list[tuple[str, str]] = []
        self._area = self._select = self._typed = ""
        parser = etree.HTMLParser(target=self)
        parser.feed(source)
        parser.close()

    def start(self, tag: str, attrs: Mapping[str, str]) -> None:
        name, value, kind = attrs.get("name", ""), attrs.get("value", ""), attrs.get("type")
        if tag == "textarea":
            self._area, self._typed = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in attrs:
            self.found.append((self._select, value))
        elif tag == "input" and (kind not in {"checkbox", "radio"} or "checked" in attrs):
            self.found.append((name, value if "value" in attrs or kind != "checkbox" else "on"))

    def data(self, text: str) -> None:
        self._typed += text

    def end(self, tag: str) -> None:
        if tag == "textarea":
            self.found.append((self._area, self._typed.strip()))

    def close(self) -> None:
        """Asked for by the parser."""


def test_sample_says_what_it_would_have_done_before_it_is_saved() -> None:
    """The issue: "show a live sample before they are saved"."""
    hot, calm = (
        factories.case("Ihr habt mich betrogen", handle="hot"),
        factories.case(handle="calm"),
    )
    ReadingRow.objects.filter(post=hot.first_post).update(severity=STEPS.index("blame"))
    wanted = {name: value for name, value in TYPED.items() if name != "language"}
    source = signed_in(people.ada()).get(reverse("rule-sample"), wanted, headers=HTMX)
    page = Page(source.content.decode())
    assert "1 of the newest 2 cases" in page.words
    assert 'Each of them: label it "de" and tell the lead.' in page.words
    assert (hot.ref in page.text, calm.ref in page.text) == (True, False)
    assert RuleRow.objects.count() == 0


def test_sample_asks_the_database_as_often_for_many_as_for_few(
    django_assert_max_num_queries: Any,
) -> None:
    tried = Tried()
    factories.heard_at_once(*(factories.mention(f"bag {n}", handle=f"p{n}") for n in range(5)))
    sound_alarms(now=NOON + timedelta(hours=5))
    person = people.ada()
    for trigger in ["opened", "answered", "breached", "waited"]:
        with tried(trigger):
            after = 60 if trigger == "waited" else 0
            made = rule_of(
                {"trigger": trigger, "acts": [{"do": "label", "value": "x"}], "after": after}
            )
            with django_assert_max_num_queries(8):
                found = try_rule(made, person=person, now=NOON + timedelta(hours=5))
            clocks = CaseEvent.objects.filter(kind="sla.breached").count()
            assert (
                found.found
                == {"opened": 5, "answered": 0, "breached": clocks, "waited": 5}[trigger]
            )
    assert tried.wrong == []


def test_sample_shows_new_cases_as_they_were_when_they_opened() -> None:
    case = factories.case()
    prioritise_case(case, priority=Priority.URGENT, by=people.mina(), now=NOON)
    made = rule_of(
        {
            "trigger": "opened",
            "acts": [{"do": "label", "value": "x"}],
            "conditions": [{"fact": "state", "values": ["new"]}],
        }
    )
    assert try_rule(made, person=people.ada(), now=NOON).found == 1


def test_refused_rule_keeps_what_was_chosen() -> None:
    tried = Tried()
    client = signed_in(people.ada())
    cases: list[tuple[dict[str, Any], str]] = [
        ({"do_label": "", "do_tell": []}, "Choose what the rule does."),
        ({"trigger": "waited"}, "is no length of time"),
        ({"do_reply": "public"}, "Say more about what the rule does"),
        (
            {"network": [], "language": [], "severity": "", "followers": ["more"]},
            "never decides alone",
        ),
        ({"network": ["facebook"]}, "Select a valid choice"),
    ]
    for more, says in cases:
        with tried((more, says)):
            answer = client.post(reverse("rule-new"), TYPED | more)
            page = Page(answer.content.decode())
            assert (answer.status_code, says in page.words) == (400, True)
            assert any(attrs.get("value") == "German and grave" for _, attrs in page.tags)
            assert RuleRow.objects.count() == 0
    assert tried.wrong == []


def test_one_click_switches_it_off() -> None:
    row = _saved()
    client = signed_in(people.ada())
    for on in ("1", "0"):
        client.post(reverse("rule-switch", args=[row.pk]), {"on": on})
        row.refresh_from_db()
        assert row.enabled == (on == "1")
    words = Page(client.get(reverse("rule", args=[row.pk])).content.decode()).words
    assert "Ada Berg switched off" in words
    assert "Ada Berg saved" in words


def _speaking() -> RuleRow:
    snippet = save_snippet(
        None, key="hello", name="Hello", texts={"en": "We read this."}, by=people.ada(), now=NOON
    )
    return _saved(do_reply="public", do_snippet=str(snippet.pk))


def test_grant_is_given_and_taken_back_by_an_administrator() -> None:
    row, client = _speaking(), signed_in(people.ada())
    url, switch = reverse("rule-grant", args=[row.pk]), reverse("rule-switch", args=[row.pk])
    answer = client.post(switch, {"on": "1"}, follow=True)
    assert "Grant it that first, with a cap." in answer.content.decode()
    refused = client.post(url, {"per_hour": "0", "per_day": "5"}, follow=True)
    assert "Choose a cap" in refused.content.decode()
    client.post(url, {"per_hour": "2", "per_day": "5", "public": "on"})
    client.post(switch, {"on": "1"})
    row.refresh_from_db()
    assert (row.enabled, RuleGrant.objects.get().per_hour) == (True, 2)
    client.post(url, {"revoke": "1"})
    assert "writes to nobody until an administrator grants it" in _page(row).words


def test_trail_names_the_rule_and_its_version() -> None:
    """The issue: every act stands in the trail, in words."""
    people.priya()
    row = _saved(language=[], severity="")
    signed_in(people.ada()).post(reverse("rule-switch", args=[row.pk]), {"on": "1"})
    case = factories.case()
    run_rules(now=NOON + timedelta(minutes=1))
    words = Page(case_part(case)).words
    assert "The rule “German and grave” (version 1) put on the label “de”" in words
    assert "The rule “German and grave” (version 1) told Priya Nair to look at it" in words
    assert f"{case.ref}" in drawn(signed_in(people.ada()), reverse("rule", args=[row.pk]))


def test_rules_read_aloud_in_their_list() -> None:
    _saved()
    page = Page(signed_in(people.ada()).get(reverse("rules")).content.decode())
    assert SAYS in page.words


def test_snippet_that_a_rule_writes_with_is_not_removed() -> None:
    row = _speaking()
    key = row.data["acts"][-1]["value"]
    answer = signed_in(people.ada()).post(reverse("snippet-remove", args=[key]), follow=True)
    assert "hello is used by the rule German and grave" in Page(answer.content.decode()).words


def test_order_of_rules_is_chosen_by_buttons_that_need_no_script() -> None:
    first, second, third = (_saved(name=name) for name in ("Owls", "Ants", "Bees"))
    client, url = signed_in(people.ada()), reverse("rules")
    answer = client.post(reverse("rule-move", args=[third.pk]), {"to": "up"})
    assert (answer.status_code, answer["Location"]) == (302, f"{url}#rule-{third.pk}")
    client.post(reverse("rule-move", args=[first.pk]), {"to": "up"})  # the first stays the first
    page = client.get(url).content.decode()
    assert re.findall(r'id="rule-(\d+)"', page) == [str(r.pk) for r in (first, third, second)]
    assert ("They run from top to bottom" in page, page.count(" disabled")) == (True, 2)
    assert "gave it another place" in _page(third).words
    assert list(third.changes.values_list("kind", flat=True)) == ["saved", "moved"]
