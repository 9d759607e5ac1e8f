"""The inbox: tabs, filters, search, and further pages."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from amends.casework import Action, CaseState
from amends.desk.models import Case, Responder
from amends.desk.queries import (
    InboxFilter,
    Tab,
    inbox_page,
    label_names,
    networks_seen,
    tab_counts,
)
from amends.desk.queries.batches import undoable
from amends.desk.queries.choices import teams
from amends.desk.queries.inbox import MOST_COUNTED, PAGE
from amends.desk.queries.together import others_at
from amends.web.asking import is_fragment, require
from amends.web.heardpage import ROLES
from amends.web.manywords import banner
from amends.web.words import CLOCKS, PRIORITIES, STATES, reasons

TABS = {
    Tab.MINE: "Mine",
    Tab.UNASSIGNED: "Unassigned",
    Tab.ALL: "All",
    Tab.DONE: "Done",  # among the short ones, so that they fill one line and the long ones another
    Tab.ACKNOWLEDGE: "Needs acknowledgement",
    Tab.CLOSE_OUT: "Awaiting close-out",
    Tab.SNOOZED: "Snoozed",
}
MOST_SHOWN = 300


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The whole page; for htmx the list, or with ``after`` only the next rows."""
    person = require(request, Action.SEE_CASES)
    if is_fragment(request):
        if request.GET.get("after"):
            return render(request, "inbox/_rows.html", _rows(person, request.GET))
        return render(request, "inbox/_list.html", list_facts(person, request.GET))
    return render(request, "inbox/inbox.html", list_facts(person, request.GET, whole=True))


def list_facts(
    person: Responder,
    asked: QueryDict,
    *,
    whole: bool = False,
    opened: Case | None = None,
) -> dict[str, Any]:
    """What the list shows. ``whole``: with the choices of its filter; ``opened``: the case that stands
    beside it."""
    wanted = read_filter(asked)
    counts = tab_counts(person, wanted)
    tabs = [
        {"name": str(tab), "label": label, "count": counted(counts.get(str(tab))), "here": tab is wanted.tab,
         "query": query_of(wanted, tab=tab)}
        for tab, label in TABS.items()
    ]  # fmt: skip
    facts = _rows(person, asked, opened) | {"tabs": tabs, "filtered": is_filtered(wanted)}
    if whole:
        facts |= {
            "states": {state.value: STATES[state] for state in CaseState},
            "priorities": PRIORITIES,
            "networks": networks_seen(person),
            "labels": label_names(),
            "teams_there": teams(),
            "roles": ROLES,
            "undo": banner(undoable(person, now=timezone.now())),
        }
    return facts


def counted(number: int | None) -> str | None:
    if number is None:
        return None
    return str(number) if number <= MOST_COUNTED else f"{MOST_COUNTED}+"


def _rows(person: Responder, asked: QueryDict, opened: Case | None = None) -> dict[str, Any]:
    wanted = read_filter(asked)
    shown = asked.get("shown", "")
    size = min(max(int(shown), PAGE), MOST_SHOWN) if shown.isdecimal() and len(shown) < 5 else PAGE
    page = inbox_page(person, wanted, size=size)
    cases = {row["id"] for row in page.rows} | ({opened.pk} if opened else set())
    there = others_at(sorted(cases), now=timezone.now(), besides=person)
    for row in page.rows:
        row["beside"] = there.get(row["id"], ())
        row["state_words"] = STATES[row["state"]]
        row["priority_words"] = PRIORITIES[row["priority"]]
        row["clock_words"] = CLOCKS.get(row["clock"], "")
        row["why"] = reasons(row)
    return {
        "rows": page.rows, "next": page.next, "there": there, "wanted": wanted,
        "query": query_of(wanted),
    }  # fmt: skip


def read_filter(asked: QueryDict) -> InboxFilter:
    """The filter an address asks for; what it does not know filters nothing."""
    tab, state, priority = asked.get("tab", ""), asked.get("state", ""), asked.get("priority", "")
    return InboxFilter(
        tab=Tab(tab) if tab in set(Tab) else Tab.ALL,
        state=state if state in set(CaseState) else "",
        network=_plain(asked.get("network", ""))[:32],
        priority=int(priority) if priority in {str(p) for p in PRIORITIES} else None,
        label=_plain(asked.get("label", ""))[:40],
        team=_number(asked.get("team", "")),
        role=role if (role := asked.get("role", "")) in ROLES else "",
        search=_plain(asked.get("search", ""))[:200],
        after=asked.get("after", "")[:400],
    )


def _number(sent: str) -> int | None:
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 18 else None


def _plain(text: str) -> str:
    """Without the one character a database may refuse."""
    return text.replace("\0", "")


def is_filtered(wanted: InboxFilter) -> bool:
    named = (wanted.state, wanted.network, wanted.label, wanted.role, wanted.search.strip())
    return any(named) or wanted.priority is not None or wanted.team is not None


def query_of(wanted: InboxFilter, *, tab: Tab | None = None) -> str:
    """The filter as an address carries it, without the place in the list."""
    parts = {
        "tab": str(tab or wanted.tab),
        "state": wanted.state,
        "network": wanted.network,
        "priority": str(wanted.priority or ""),
        "label": wanted.label,
        "team": str(wanted.team or ""),
        "role": wanted.role,
        "search": wanted.search,
    }
    return urlencode({name: value for name, value in parts.items() if value})
