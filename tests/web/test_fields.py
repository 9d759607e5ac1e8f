"""Fields of forms are drawn as Django's own templates draw them, to the letter."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe

from amends.web.fields import FieldRenderer

HOSTILE = "<b>\"O'Neil\" & 'co'</b>"
SAFE = mark_safe("a&nbsp;<i>b</i>")
CHOICES: Any = [
    ("", "None"), (1, HOSTILE), (HOSTILE, SAFE), (SAFE, lazystr("Läzy & late")),
    ("A <group>", [("2", "Two"), (None, "Three")]), ("none", []),
]  # fmt: skip
ATTRS = {
    "id": "id_a", "rows": 2, "maxlength": "80", "required": True, "disabled": False, "x": None,
    "placeholder": HOSTILE, "title": lazystr("<late>"), "data-safe": SAFE,
}  # fmt: skip
PLAIN = (
    forms.TextInput, forms.NumberInput, forms.EmailInput, forms.HiddenInput, forms.DateInput,
    forms.DateTimeInput, forms.CheckboxInput, forms.Textarea,
)  # fmt: skip
VALUES = (None, "", 0, 7, 1234567, 2.5, True, HOSTILE, SAFE, lazystr("<late>"), "two\nlines\n")


def _both(widget: forms.Widget, value: Any, attrs: dict[str, Any]) -> list[str]:
    return [
        str(widget.render("a<name>", value, attrs, renderer=renderer))
        for renderer in (FieldRenderer(), DjangoTemplates())
    ]


@pytest.mark.parametrize("kind", [*PLAIN, forms.PasswordInput])
def test_field_with_one_value_is_drawn_as_django_draws_it(kind: type[forms.Widget]) -> None:
    secret = {"render_value": True} if kind is forms.PasswordInput else {}
    for value in VALUES:
        for attrs in ({}, ATTRS, {"type": "week"}):
            drawn, by_django = _both(kind(attrs, **secret), value, {"id": "id_b"})
            assert drawn == by_django


def test_list_of_choices_is_drawn_as_django_draws_it() -> None:
    for kind in (forms.Select, forms.SelectMultiple):
        for value in (None, "", "1", 1, HOSTILE, SAFE, ["", "2"], "not there"):
            drawn, by_django = _both(kind(ATTRS, choices=CHOICES), value, {})
            assert drawn == by_django


@pytest.mark.parametrize("kind", [forms.RadioSelect, forms.CheckboxSelectMultiple])
def test_each_of_many_boxes_is_drawn_as_django_draws_it(kind: type[forms.RadioSelect]) -> None:
    for attrs in ({}, {"id": "id_b"}, ATTRS):
        of = kind(attrs, choices=CHOICES)
        drawn, by_django = _both(of, ["1", HOSTILE], {})
        assert drawn == by_django
        for bare in (False, True):
            for box in of.subwidgets("a<name>", ["1", HOSTILE], {}):
                shown = {"widget": {**box, "wrap_label": not bare}}
                said = [
                    one().render(box["template_name"], shown)
                    for one in (FieldRenderer, DjangoTemplates)
                ]
                assert said[0] == said[1]


def test_form_of_the_desk_is_drawn_by_it() -> None:
    assert isinstance(forms.Form().renderer, FieldRenderer)
