"""Letters of apology: begun on the case, written on a page of their own, approved, sent."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from amends.casework import Action
from amends.casework.letters import LONGEST, LetterStatus, LetterWay
from amends.desk.actions import letters
from amends.desk.models import Case, Letter, Responder
from amends.desk.queries import get_case_for
from amends.desk.queries.choices import approvers
from amends.desk.queries.doors import NotThere, find_in
from amends.terms import BadInput, NotAllowed
from amends.web.asking import me, require
from amends.web.guarding import shown
from amends.web.views.amending import day_of
from amends.web.views.privately import number, text_of


def begin(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    recipient, due_on = text_of(typed, "recipient"), day_of(typed, "letter_due")
    return letters.begin_letter(case, recipient=recipient, due_on=due_on, by=by, now=now)


def decide(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    row = find_in(case, Letter, number(typed))
    decision = typed.get("decision", "")
    if row is not None and decision == "approve":
        return letters.approve_letter(row, seen=typed.get("seen", ""), by=by, now=now)
    if row is not None and decision == "refuse":
        return letters.refuse_letter(row, reason=text_of(typed, "because"), by=by, now=now)
    if row is not None and decision in set(LetterWay):
        return letters.send_letter(row, way=LetterWay(decision), by=by, now=now)
    if row is not None and decision == "withdraw":
        return letters.withdraw_letter(row, by=by, now=now)
    raise BadInput("There is no such letter in this case; look again, then decide.")


class LetterForm(forms.Form):
    """The words of a letter. Nothing is asked for until it is handed in."""

    recipient = forms.CharField(required=False, max_length=120, label="To whom, by name")
    address = forms.CharField(
        required=False,
        max_length=400,
        label="Address",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For the post. It stands in the letter and nowhere else.",
    )
    subject = forms.CharField(required=False, max_length=160, label="What it is about")
    body = forms.CharField(
        required=False,
        max_length=LONGEST,
        label="The letter",
        widget=forms.Textarea(attrs={"rows": 14, "dir": "auto"}),
        help_text="An empty line begins a new paragraph. Say what happened, that it was ours, what is put right, and what changes.",
    )
    signer = forms.CharField(
        required=False, max_length=160, label="Signed by", help_text="A person, by name and office."
    )


def _letter_for(request: HttpRequest, ref: str, pk: int) -> Letter:
    case = get_case_for(me(request), ref)
    row = case.letters.select_related("by", "approver", "remedy").filter(pk=pk).first()
    if row is None:
        raise NotThere("There is no such letter in this case.")
    row.case = case
    return row


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Write on a letter, see what the guard says of it, and hand it in."""
    letter, person = _letter_for(request, ref, pk), require(request, Action.REPLY)
    initial = {name: getattr(letter, name) for name in letters.WORDS}
    form, now = LetterForm(request.POST or None, initial=initial), timezone.now()
    if request.method == "POST" and form.is_valid():
        try:
            letter = letters.save_letter(letter, form.cleaned_data, by=person, now=now)
            if "hand-in" in request.POST:
                anyway = request.POST.get("anyway", "").replace("\0", "")
                letters.hand_in_letter(letter, anyway=anyway, by=person, now=now)
                messages.success(request, "The letter waits for a colleague to approve it.")
                return redirect("case", ref)
            messages.success(request, "The letter is kept.")
            return redirect("letter", ref, pk)
        except (BadInput, NotAllowed) as error:
            form.add_error(None, str(error))
    return _draw(request, letter, form, person)


def _draw(
    request: HttpRequest, letter: Letter, form: LetterForm, person: Responder
) -> HttpResponse:
    fresh = _letter_for(request, letter.case.ref, letter.pk)
    facts: dict[str, Any] = {
        "letter": fresh,
        "case": fresh.case,
        "form": form,
        "draft": fresh.status == LetterStatus.DRAFT,
        "found": shown(letters.check_letter(fresh, by=person)) if fresh.body else None,
        "anyway": request.POST.get("anyway", ""),
        "approvers": approvers(person, Action.REPLY),
    }
    return render(request, "case/letter.html", facts, status=400 if form.errors else 200)


@require_GET
def download(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """The file as it was handed in, for those who see what is private: it holds an address."""
    require(request, Action.SEE_PRIVATE)
    return letter_file(_letter_for(request, ref, pk))


def letter_file(letter: Letter) -> HttpResponse:
    """The file, to be saved. Raises ``NotThere`` where none was made, or it was erased."""
    if not letter.pdf:
        raise NotThere("There is no file of this letter: it is a draft, or its words were erased.")
    answer = HttpResponse(bytes(letter.pdf), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="letter-{letter.pk}.pdf"'
    return answer
