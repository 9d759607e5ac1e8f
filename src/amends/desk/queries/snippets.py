"""Snippets: the doors to them, and what they say on a case."""

from collections import Counter
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from amends.casework import Action, Role, check_may
from amends.casework.automation import REPLIES, uses
from amends.casework.macros import Do, Step
from amends.casework.snippets import Filled, choose_language, fill, first_name
from amends.desk.models import AuthorRow, Case, Responder, RuleRow, Snippet, SnippetPicture
from amends.desk.queries.doors import NotThere
from amends.desk.queries.macros import macros_now, readable_macros
from amends.desk.queries.ruling import readable
from amends.terms import written_handle

SHOWN = 50


def snippets_now() -> QuerySet[Snippet]:
    """All that are there, by key."""
    return Snippet.objects.filter(removed_at=None).order_by("key")


def snippets_for(person: Responder) -> QuerySet[Snippet]:
    """For those who set them up."""
    check_may(Role(person.role), Action.SET_UP)
    return snippets_now().select_related("changed_by")


def get_snippet(pk: int) -> Snippet:
    """Raises ``NotThere``."""
    found = snippets_now().filter(pk=pk).first()
    if found is None:
        raise NotThere("There is no such snippet; somebody removed it.")
    return found


def users_of(snippet: Snippet) -> list[str]:
    """What uses a snippet, each as a phrase."""
    rules = readable(RuleRow.objects.filter(removed_at=None).order_by("name"))
    key = str(snippet.pk)
    macros = readable_macros(macros_now())
    return [
        *(f"the rule {row.name}" for row, rule in rules if key in uses(rule, REPLIES)),
        *(f"the macro {row.name}" for row, macro in macros if Step(Do.INSERT, key) in macro.steps),
    ]


@dataclass(frozen=True, slots=True)
class Part:
    """A snippet as it reads on a case."""

    snippet: Snippet
    language: str
    filled: Filled
    pictures: int = 0


def parts_on(case: Case, person: Responder, *, language: str, words: str = "") -> list[Part]:
    """The snippets for somebody who answers a case: those whose key begins so first, then those
    with the words in key, name or text."""
    wanted = words.strip().lower()
    found = [row for row in snippets_now() if not wanted or _says(row, wanted)]
    found.sort(key=lambda row: (not row.key.startswith(wanted), row.key))
    values = values_of(case, person)
    found = found[:SHOWN]
    pictures = Counter(
        SnippetPicture.objects.filter(snippet__in=found).values_list("snippet", flat=True)
    )
    parts = [part_of(row, values, language=language) for row in found]
    return [replace(part, pictures=pictures[part.snippet.pk]) for part in parts]


def part_of(row: Snippet, values: dict[str, str], *, language: str) -> Part:
    """What a snippet says in the language of the post, or in another one that it has."""
    chosen = choose_language(row.texts, wanted=language)
    return Part(row, chosen, fill(row.texts[chosen], values))


def _says(row: Snippet, wanted: str) -> bool:
    texts = (row.key, row.name, *row.texts.values())
    return all(any(word in text.lower() for text in texts) for word in wanted.split())


def values_of(case: Case, person: Responder | None) -> dict[str, str]:
    """What the places of a snippet hold on this case; what is not known is left out."""
    author = case.first_post.author or AuthorRow()
    values = {
        "customer.first_name": first_name(author.name),
        "customer.name": author.name,
        "customer.handle": written_handle(author.handle, author.network),
        "case.ref": case.ref,
        "case.network": case.network.capitalize(),
        "brand.name": case.brand.name,
        "brand.contact_route": case.brand.contact_route,
    }
    if person is not None:
        values |= {
            "responder.first_name": first_name(person.name),
            "responder.name": person.name,
            "responder.initials": person.initials,
        }
    return {name: value for name, value in values.items() if value}
