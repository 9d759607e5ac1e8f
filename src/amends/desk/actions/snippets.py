"""Snippets are set up here, in versions."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from amends.casework import Action, Role, check_may
from amends.casework.snippets import check_key, check_texts
from amends.desk.models import Responder, Snippet, SnippetVersion
from amends.desk.queries.snippets import users_of
from amends.terms import BadInput


def save_snippet(
    row: Snippet | None,
    *,
    key: str,
    name: str,
    texts: Mapping[str, str],
    by: Responder,
    now: datetime,
) -> Snippet:
    """Create or change a snippet; the version before is kept. Raises ``BadInput``, ``NotAllowed``."""
    check_may(Role(by.role), Action.SET_UP)
    key, kept, name = check_key(key), check_texts(texts), " ".join(name.split())
    if not 0 < len(name) <= 80:
        raise BadInput("A name has 1 to 80 characters.")
    with transaction.atomic():
        changed = Snippet() if row is None else Snippet.objects.select_for_update().get(pk=row.pk)
        taken = Snippet.objects.filter(key=key, removed_at=None).exclude(pk=changed.pk or 0)
        if taken.exists():
            raise BadInput(f"There is another snippet with the key {key}. Choose one of its own.")
        if row is not None and (changed.key, changed.name, changed.texts) == (key, name, kept):
            return changed
        changed.number = changed.number + 1 if row is not None else 1
        changed.key, changed.name, changed.texts = key, name, kept
        changed.changed_by, changed.changed_at = by, now
        changed.save()
        SnippetVersion.objects.create(
            snippet=changed, number=changed.number, key=key, name=name, texts=kept, by=by, at=now
        )
    return changed


def remove_snippet(row: Snippet, *, by: Responder, now: datetime) -> None:
    """Take a snippet away; its versions are kept. Raises ``BadInput`` while something uses it."""
    check_may(Role(by.role), Action.SET_UP)
    users = users_of(row)
    if users:
        raise BadInput(f"{row.key} is used by {', '.join(users)}. Take it out there first.")
    Snippet.objects.filter(pk=row.pk, removed_at=None).update(removed_at=now)
