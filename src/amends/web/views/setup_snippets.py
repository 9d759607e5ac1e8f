"""Set-up of snippets: texts by language, seen on a case as they are typed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from amends.casework import Action
from amends.casework.snippets import LONGEST, VARIABLES, check_texts, fill
from amends.connectors.pictures import MOST_BYTES
from amends.desk.actions.pictures import content_of
from amends.desk.actions.snippet_pictures import add_snippet_picture, remove_snippet_picture
from amends.desk.actions.snippets import remove_snippet, save_snippet
from amends.desk.models import Responder, Snippet
from amends.desk.queries import may_see
from amends.desk.queries.snippets import snippets_for, users_of, values_of
from amends.desk.queries.timing import get_one_of
from amends.guard import CODES, check
from amends.terms import BadInput
from amends.web.asking import require
from amends.web.views.setup_shared import accepted, sentence

EMPTY_ROWS = 2


class SnippetForm(forms.Form):
    """A key, a name, and a text for each language: those that are there and some empty ones."""

    key = forms.CharField(
        max_length=30,
        label="Key",
        help_text="What it is found by in the composer, such as late-bag.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(max_length=80, label="Name", help_text="What it is for, in a few words.")

    def __init__(self, *args: Any, texts: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = list((texts or {}).items())
        sent = sum(1 for name in self.data if name.startswith("language_"))
        self.rows = max(sent, len(there) + (EMPTY_ROWS if there else EMPTY_ROWS + 1))
        for number in range(self.rows):
            language, text = there[number] if number < len(there) else ("", "")
            if not there and number == 0:
                language = "en"
            self.fields[f"language_{number}"] = forms.CharField(
                required=False, max_length=3, label="Language", initial=language,
                widget=forms.TextInput(attrs={"size": 3, "autocomplete": "off", "placeholder": "de"}),
            )  # fmt: skip
            self.fields[f"text_{number}"] = forms.CharField(
                required=False, max_length=LONGEST, label="Text", initial=text,
                widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
            )  # fmt: skip

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"language_{n}"], self[f"text_{n}"]) for n in range(self.rows)]

    def texts(self) -> dict[str, str]:
        """By language, those with a text. Raises ``BadInput`` where a language stands twice."""
        found: dict[str, str] = {}
        for number in range(self.rows):
            language = self.cleaned_data.get(f"language_{number}", "").lower()
            text = self.cleaned_data.get(f"text_{number}", "")
            if not text.strip():
                continue
            if not language:
                raise BadInput("Say in which language each text is, by two letters such as de.")
            if language in found:
                raise BadInput(f"There are two texts in {language}. Keep one of them.")
            found[language] = text
        return found


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every snippet, and what uses it."""
    person = require(request, Action.SET_UP)
    rows = [(row, users_of(row)) for row in snippets_for(person)]
    return render(request, "setup/snippets.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Create or change a snippet; without scripts "Show preview" draws the page with it."""
    person = require(request, Action.SET_UP)
    row = get_one_of(snippets_for(person), pk) if pk is not None else None
    start = {"key": row.key, "name": row.name} if row else {}
    made = SnippetForm(request.POST or None, initial=start, texts=row.texts if row else None)

    def act() -> None:
        typed = made.cleaned_data
        save_snippet(
            row, key=typed["key"], name=typed["name"], texts=made.texts(), by=person,
            now=timezone.now(),
        )  # fmt: skip

    previewing = "preview" in request.POST
    if not previewing and accepted(made, act):
        messages.success(request, f"{made.cleaned_data['key'].lower()} is saved.")
        return redirect("snippets")
    facts = {
        "form": made,
        "row": row,
        "variables": [(f"{{{name}}}", says) for name, says in VARIABLES.items()],
        "versions": row.versions.select_related("by").order_by("-number")[:20] if row else [],
        "pictures": row.pictures.order_by("pk") if row else [],
        **_preview(made, person),
    }
    status = 400 if made.is_bound and not previewing else 200
    return render(request, "setup/snippet.html", facts, status=status)


@require_GET
def sample(request: HttpRequest) -> HttpResponse:
    """What is typed, as it would read on the newest case: a part of the snippet's page."""
    person = require(request, Action.SET_UP)
    return render(request, "setup/_snippet_sample.html", _preview(SnippetForm(request.GET), person))


def _preview(made: SnippetForm, person: Responder) -> dict[str, Any]:
    if not made.is_bound:
        made = SnippetForm({name: made[name].value() or "" for name in made.fields})
    made.is_valid()
    case = may_see(person).select_related("first_post__author", "brand").order_by("-pk").first()
    try:
        texts = check_texts(made.texts())
    except BadInput as error:
        typed = any(made.cleaned_data.get(f"text_{n}") for n in range(made.rows))
        told = sentence(error) if typed else ""
        return {"sample_error": told, "sample": [], "sample_case": case}
    values = values_of(case, person) if case is not None else {}
    shown = [(language, fill(text, values), _canned(text)) for language, text in texts.items()]
    return {"sample": shown, "sample_case": case}


def _canned(text: str) -> str:
    """What the guard says of the snippet where it were the whole answer."""
    found = {one.code for one in check(text)}
    return CODES["stock_phrases"].reason if "stock_phrases" in found else ""


@require_POST
def picture_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a picture with a snippet."""
    person = require(request, Action.SET_UP)
    row = get_one_of(snippets_for(person), pk)
    file, alt = request.FILES.get("picture"), request.POST.get("alt", "")
    try:
        if file is None or file.size is None or file.size > MOST_BYTES:
            raise BadInput(f"Choose a picture of {MOST_BYTES // 1_000_000} MB at most.")
        add_snippet_picture(row, raw=file.read(), alt=alt, by=person, now=timezone.now())
    except BadInput as error:
        messages.error(request, sentence(error))
    return redirect("snippet", pk)


@require_http_methods(["GET", "POST"])
def picture(request: HttpRequest, pk: int, picture: int) -> HttpResponse:
    """Show a snippet's picture, which was drawn anew by us; sent here, take it away."""
    person = require(request, Action.SET_UP)
    row = get_one_of(snippets_for(person), pk)
    one = get_one_of(row.pictures.select_related("picture"), picture)
    if request.method == "POST":
        remove_snippet_picture(one, by=person)
        return redirect("snippet", pk)
    answer = HttpResponse(content_of(one.picture), content_type=one.picture.kind)
    answer["Content-Disposition"] = "inline"
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    person = require(request, Action.SET_UP)
    row: Snippet = get_one_of(snippets_for(person), pk)
    try:
        remove_snippet(row, by=person, now=timezone.now())
    except BadInput as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, f"{row.key} is removed.")
    return redirect("snippets")
