"""A macro is run on a case: its steps are done, and its text is offered, never sent."""

import contextlib
from dataclasses import dataclass, field
from datetime import datetime

from django.http import QueryDict

from amends.desk import actions
from amends.desk.actions.macros import Ran, run_macro
from amends.desk.actions.snippet_pictures import attach_pictures_of
from amends.desk.models import Case, Responder
from amends.desk.queries import drafts_of
from amends.desk.queries.macros import get_macro
from amends.desk.queries.snippets import get_snippet
from amends.terms import BadInput, NotAllowed


@dataclass(frozen=True, slots=True)
class Beside:
    """What is shown beside the case then: the composer's fields, and a text that is not in them."""

    typed: dict[str, str] = field(default_factory=dict)
    offer: Ran | None = None


def macro(case: Case, typed: QueryDict, by: Responder, now: datetime) -> Beside | None:
    """Run a macro. Its text goes into an empty composer; beside what somebody typed it is offered."""
    wanted = typed.get("macro", "")
    row = get_macro(int(wanted)) if wanted.isdecimal() and len(wanted) < 19 else None
    if row is None:
        raise BadInput("Choose a macro from the list.")
    sent = {name: str(typed.get(name, "")).replace("\0", "") for name in typed}
    for mode in ("public", "private", "note"):
        if f"text_{mode}" in sent:  # nothing that was typed is lost by a macro
            actions.save_draft(case, mode=mode, text=sent[f"text_{mode}"], by=by, now=now)
    ran = run_macro(case, row, mode=sent.get("mode", ""), by=by, now=now)
    if ran.filled is None:
        return None
    if drafts_of(case, by).get(ran.mode, "").strip():
        return Beside(_shown(sent, ran.mode), ran)
    actions.save_draft(case, mode=ran.mode, text=ran.filled.text, by=by, now=now)
    with contextlib.suppress(BadInput, NotAllowed):  # the composer says how many it takes
        attach_pictures_of(get_snippet(ran.snippet or 0), case, mode=ran.mode, by=by, now=now)
    return Beside(_shown(sent, ran.mode) | {f"text_{ran.mode}": ran.filled.text})


def _shown(sent: dict[str, str], mode: str) -> dict[str, str]:
    """The composer as it was, in the mode of the macro's text."""
    kept = {name: value for name, value in sent.items() if name.startswith(("text_", "anyway_"))}
    signs = sent.get("sign", "" if "mode" in sent else "1")
    return kept | {"mode": mode, "sign": signs}
