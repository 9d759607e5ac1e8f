"""The private question how we did: asked by a person, answered once by its link."""

from datetime import datetime

from django.db import transaction

from amends.casework.survey import LASTS, check_answer, check_asking, with_link
from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.actions.replies import queue_reply
from amends.desk.models import Case, Responder, Survey
from amends.desk.queries.speaking import signed_where_asked
from amends.desk.queries.surveys import has_private_thread, last_asked, link_of_survey, shut_words
from amends.terms import NotAllowed


def ask_satisfaction(
    case: Case, *, text: str, by: Responder, now: datetime, attempt: str, anyway: str = ""
) -> Survey:
    """Ask the customer of a resolved case, in private alone, how we did. ``text`` is the question;
    ``{link}`` in it is where the link goes. Raises ``NotAllowed``, ``BadInput`` and as ``queue_reply``."""
    with transaction.atomic():
        with held(case, by=by, verb="survey") as row:
            check_asking(
                private_thread=has_private_thread(row), last_asked=last_asked(row), now=now
            )
            made = Survey.objects.create(
                case=row, customer_id=row.customer_id, by=by, asked_at=now, expires_at=now + LASTS
            )
        asks = signed_where_asked(with_link(text, link_of_survey(made)), by)
        made.reply = queue_reply(
            case, text=asks, private=True, by=by, now=now, attempt=attempt, anyway=anyway, form=True
        )  # fmt: skip
        made.save(update_fields=["reply"])
        with held(case, by=by, verb="survey") as row:
            write(row, [make_event(row, "survey.asked", at=now, by=by, survey=made.pk)])
    return made


def answer_survey(survey: Survey, *, score: int | None, words: str, now: datetime) -> Survey:
    """Keep what the customer said. Raises ``BadInput``; ``NotAllowed`` where it was answered before or
    the link has ended."""
    words = check_answer(score, words)
    with held(survey.case, by=None) as case:
        row = (
            Survey.objects.select_for_update(of=("self",))
            .select_related("customer")
            .get(pk=survey.pk)
        )
        if why := shut_words(row, now=now):
            raise NotAllowed(why)
        row.score, row.words, row.answered_at = score, words, now
        row.save(update_fields=["score", "words", "answered_at"])
        write(case, [make_event(case, "survey.answered", at=now, survey=row.pk, score=score)])
    return row
