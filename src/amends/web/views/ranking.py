"""Noting on a case where its complaint stands in searches, and the rows as a file."""

import csv
from datetime import UTC, datetime, time

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_GET

from amends.casework.ranking import check_place
from amends.desk.actions.ranking import note_rank, unwatch_rank, watch_rank
from amends.desk.models import Case, Responder
from amends.desk.queries import get_case_for
from amends.terms import BadInput
from amends.web.asking import me

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rank(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    """Note a place, or have it looked up each day."""
    query, address = (_text(typed, name) for name in ("rank_query", "rank_address"))
    if typed.get("how") == "watch":
        return watch_rank(case, query=query, address=address, by=by, now=now)
    place, seen_at = check_place(_text(typed, "rank_place")), _day(_text(typed, "rank_day"), now)
    return note_rank(
        case, query=query, address=address, place=place, seen_at=seen_at, by=by, now=now
    )


def unwatch(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    sent = _text(typed, "watch")
    if sent.isdecimal() and len(sent) < 18:
        unwatch_rank(case, int(sent), by=by, now=now)
    return None


def _text(typed: QueryDict, name: str) -> str:
    return str(typed.get(name, "")).replace("\0", "").strip()


def _day(sent: str, now: datetime) -> datetime:
    """The end of the day that was chosen, or now where it is today or none was."""
    if not sent:
        return now
    try:
        chosen = datetime.combine(datetime.fromisoformat(sent).date(), time(23, 59), UTC)
    except ValueError as error:
        raise BadInput(f"“{sent[:20]}” is no date. Write one as 2026-12-24.") from error
    return min(chosen, now) if chosen.date() == now.date() else chosen


@require_GET
def save(request: HttpRequest, ref: str) -> HttpResponse:
    """The rows of a case as CSV, for those who may see it."""
    case = get_case_for(me(request), ref)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="rank-{case.ref}.csv"'
    rows = csv.writer(answer)
    rows.writerow(["at", "query", "address", "place", "among", "by"])
    for one in case.rank_entries.select_related("by").order_by("at", "pk"):
        by = one.by.name if one.by else "search"
        cells = [one.at.isoformat(), one.query, one.address, one.place, one.among, by]
        rows.writerow([_cell(cell) for cell in cells])
    return answer


def _cell(value: object) -> str:
    """What a spreadsheet would run is kept from running."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
