"""Rows made at the cost of their values are what the model would have made."""

import pytest
from django.db.models import Model

from amends.desk.models import Case, CaseEvent, PostRow
from amends.desk.models.made import made
from tests.factories import NOON

pytestmark = pytest.mark.alike


def values(row: Model) -> dict[str, object]:
    fields = row._meta.concrete_fields
    return {one.attname: getattr(row, one.attname) for one in fields}


@pytest.mark.parametrize(
    ("model", "given"),
    [
        (Case, {"ref": "R1", "customer_id": -1, "opened_at": NOON, "priority": 2}),
        (CaseEvent, {"case_id": 7, "seq": 1, "data": {"post": 3}}),
        (CaseEvent, {"case_id": 7}),
        (PostRow, {"text": "a", "ours": True}),
    ],
)
def test_row_holds_what_its_model_gives(model: type[Model], given: dict[str, object]) -> None:
    row = made(model, **given)
    assert values(row) == values(model(**given))
    assert row._state.adding


def test_what_is_made_anew_is_shared_by_no_two_rows() -> None:
    made(PostRow).counts["likes"] = 1
    assert made(PostRow).counts == {}


def test_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(TypeError, match="Case has no brand"):
        made(Case, brand=None)
