"""Erasing a person: names and texts go, the proof of what happened stays."""

from datetime import datetime

from django.db import transaction

from amends.casework import Action, Role, check_may
from amends.desk.actions.cases import write
from amends.desk.actions.chronicle import make_event
from amends.desk.models import (
    AuthorRow,
    Case,
    Customer,
    DeadLetterRow,
    Draft,
    Note,
    PostRow,
    Responder,
)


def erase_customer(customer: Customer, *, by: Responder, now: datetime) -> None:
    """Erase names and texts of a customer, and what was written about them. It cannot be undone.

    Posts heard again later stay erased; what the person writes anew is heard as anybody's.
    """
    check_may(Role(by.role), Action.ERASE)
    with transaction.atomic():
        authors = AuthorRow.objects.filter(customer=customer)
        posts = PostRow.objects.filter(author__in=authors)
        ids = list(posts.values_list("native_id", flat=True))
        posts.update(text="", url="", links=[], media=[], quote_of=None, erased_at=now)
        posts.model.objects.filter(pk__in=posts).update(edited_at=None)
        for post in posts.select_related("reading"):
            if hasattr(post, "reading"):
                post.reading.why = []
                post.reading.save(update_fields=["why"])
            post.mentions.all().update(words=[])
        authors.update(handle="", name="", followers=None, erased_at=now)
        Customer.objects.filter(pk=customer.pk).update(erased_at=now)
        for native in ids:
            DeadLetterRow.objects.filter(raw__contains=native).update(raw="")
        for case in Case.objects.select_for_update(of=("self",)).filter(customer=customer):
            _erase_ours(case)
            write(case, [make_event(case, "customer.erased", at=now, by=by)])


def _erase_ours(case: Case) -> None:
    """Our own words to and about the person name them too."""
    PostRow.objects.filter(place__case=case, ours=True).update(text="")
    case.replies.update(text="")
    Note.objects.filter(case=case).update(text="")
    Draft.objects.filter(case=case).delete()
