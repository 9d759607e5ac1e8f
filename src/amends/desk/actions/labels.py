"""Labels of cases."""

from datetime import datetime

from django.db.models import QuerySet

from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.models import Case, Label, Responder
from amends.desk.queries.prepared import prepared
from amends.terms import BadInput


def label_case(case: Case, *, name: str, by: Responder, now: datetime) -> Case:
    """Put a label on; putting it on twice changes nothing."""
    name = " ".join(name.split()).lower()
    if not 0 < len(name) <= 40:
        raise BadInput("A label has 1 to 40 characters.")
    with held(case, by=by, verb="label") as row:
        if not _labels(row.pk, name):
            label = next(iter(_called(name)), None) or Label.objects.get_or_create(name=name)[0]
            row.labels.add(label)
            write(row, [make_event(row, "case.labelled", at=now, by=by, label=label.pk)])
    return row


def unlabel_case(case: Case, *, name: str, by: Responder, now: datetime) -> Case:
    with held(case, by=by, verb="unlabel") as row:
        for label in _labels(row.pk, name):
            row.labels.remove(label)
            write(row, [make_event(row, "case.unlabelled", at=now, by=by, label=label.pk)])
    return row


@prepared
def _called(name: str) -> QuerySet[Label]:
    return Label.objects.filter(name=name)


@prepared
def _labels(case: int, name: str) -> QuerySet[Label]:
    return Label.objects.filter(cases=case, name=name)
