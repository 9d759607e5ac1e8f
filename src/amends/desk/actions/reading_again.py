"""A later reading of a stored post: after an edit, or by the deep tier. What it changes, changes."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from amends.desk.actions.book import Book, arrivals_of, write_book
from amends.desk.actions.bulk import update_values
from amends.desk.actions.cases import locked
from amends.desk.actions.intake import Circumstances, take_in
from amends.desk.actions.keeping import more_of, words_of_care
from amends.desk.actions.weighing import weigh
from amends.desk.models import Case, CasePost, DeepWait, PostRow, ReadingRow, SpecialCare
from amends.desk.models.signs import VULNERABLE, signs_of, step_of
from amends.desk.queries.prepared import prepared
from amends.terms import Reading

_COLUMNS = (
    "complaint", "praise", "question", "sentiment", "why", "retraction", "model", "severity",
    "signs", "more",
)  # fmt: skip


def put_readings(readings: Mapping[int, Reading]) -> None:
    """Write readings of stored posts, by the posts' primary keys, over those they had."""
    if not readings:
        return
    rows = [(pk, *_values(reading)) for pk, reading in sorted(readings.items())]
    update_values(ReadingRow, _COLUMNS, rows)
    SpecialCare.objects.filter(post__in=readings).delete()
    care = [(pk, words_of_care(one)) for pk, one in readings.items() if VULNERABLE in one.intents]
    SpecialCare.objects.bulk_create([SpecialCare(post_id=pk, words=words) for pk, words in care])
    DeepWait.objects.filter(post__in=readings).delete()


def _values(one: Reading) -> tuple[object, ...]:
    return (
        one.complaint, one.praise, one.question, one.sentiment, one.why, one.retraction, one.model[:64],
        step_of(one), signs_of(one.topics, one.intents), more_of(one),
    )  # fmt: skip


def read_again(readings: Mapping[int, Reading], around: Circumstances) -> list[Case]:
    """Put the readings in the place of those before, and draw what follows: a post in no case may
    open one, one in a case may make it graver. What was opened stays open. The cases opened.

    Runs inside a transaction that has called ``hold``. What is ours, erased or deleted is left alone.
    """
    if not readings:
        return []
    rows = {row.pk: row for row in _that_were_read(list(readings))}
    if not rows:
        return []
    put_readings({pk: readings[pk] for pk in rows})
    held = _cases_of(rows)
    book = Book(quiet=around.history)
    for pk, case in held.items():
        book.changed[case.pk] = case
        weigh(case, rows[pk], readings[pk], book=book, now=around.now)
    if book.events:
        write_book(book)
    free = [row for pk, row in rows.items() if pk not in held]
    return take_in(arrivals_of(free, around.brand), around)


@prepared
def _that_were_read(posts: list[int]) -> QuerySet[PostRow]:
    there = PostRow.objects.filter(
        id__among=posts, ours=False, erased_at=None, deleted_at=None, reading__isnull=False
    )
    return there.select_related("author").order_by("pk")


def _cases_of(rows: Mapping[int, PostRow]) -> dict[int, Case]:
    """The posts' cases, held in their order, one object for each."""
    places = dict(CasePost.objects.filter(post__in=rows).values_list("post_id", "case_id"))
    cases = {case.pk: case for case in locked(sorted(set(places.values())))}
    return {post: cases[case] for post, case in places.items()}


def waiting(*, most: int) -> Sequence[int]:
    """The posts that wait for the deep tier, the newest first."""
    return _waiting(most=most)


@prepared
def _waiting(*, most: int) -> QuerySet[DeepWait, int]:
    return DeepWait.objects.order_by("-post_id").values_list("post_id", flat=True)[:most]


def let_go(*, keep: int) -> int:
    """Of those that wait let go of all but the newest; how many."""
    last = DeepWait.objects.order_by("-post_id").values_list("post_id", flat=True)[keep : keep + 1]
    oldest = next(iter(last), None)
    return DeepWait.objects.filter(post_id__lte=oldest).delete()[0] if oldest is not None else 0
