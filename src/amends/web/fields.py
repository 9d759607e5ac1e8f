"""Fields of forms, in the very words of Django's templates for them but without those: a page of
set-up has dozens, and spent most of its time in them."""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any, Final

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape

Widget = Mapping[str, Any]


class FieldRenderer(DjangoTemplates):
    """Named by ``FORM_RENDERER``. What it does not know is drawn as ever."""

    def render(self, template_name: str, context: Any, request: Any = None) -> str:
        draw = _DRAWN.get(template_name)
        if draw is None:
            return str(super().render(template_name, context, request))
        return draw(context["widget"])


def _said(value: Any) -> str:
    return escape(value) if type(value) is str else str(conditional_escape(value))


def _attributes(widget: Widget) -> str:
    return "".join(
        [
            f" {_said(name)}" if value is True else f' {_said(name)}="{_said(value)}"'
            for name, value in widget["attrs"].items()
            if value is not False
        ]
    )


def _input(widget: Widget) -> str:
    value = widget["value"]
    held = "" if value is None else f' value="{_said(value)}"'
    start = f'<input type="{_said(widget["type"])}" name="{_said(widget["name"])}"'
    return f"{start}{held}{_attributes(widget)}>"


def _box(widget: Widget) -> str:
    """One of several, which may stand in a label."""
    if not widget["wrap_label"]:
        return _input(widget)
    pk = widget["attrs"].get("id")
    of = f' for="{_said(pk)}"' if pk else ""
    return f"<label{of}>{_input(widget)}\n {_said(widget['label'])}</label>"


def _textarea(widget: Widget) -> str:
    start = f'<textarea name="{_said(widget["name"])}"{_attributes(widget)}>'
    return f"{start}\n{_said(widget['value'] or '')}</textarea>"


def _option(widget: Widget) -> str:
    start = f'<option value="{_said(widget["value"])}"{_attributes(widget)}>'
    return f"{start}{_said(widget['label'])}</option>"


def _select(widget: Widget) -> str:
    parts = [f'<select name="{_said(widget["name"])}"{_attributes(widget)}>']
    for name, options, _ in widget["optgroups"]:
        parts += [f'<optgroup label="{_said(name)}">'] if name else []
        parts += [_option(option) + "\n" for option in options]
        parts += ["</optgroup>"] if name else []
    return "\n  ".join(parts) + "\n</select>"


_WIDGETS: Final = "django/forms/widgets/"
_INPUTS: Final = ("checkbox", "date", "datetime", "email", "hidden", "number", "password", "text")
_DRAWN: Final[Mapping[str, Callable[[Widget], str]]] = {
    **{f"{_WIDGETS}{name}.html": _input for name in _INPUTS},
    f"{_WIDGETS}checkbox_option.html": _box,
    f"{_WIDGETS}radio_option.html": _box,
    f"{_WIDGETS}select.html": _select,
    f"{_WIDGETS}textarea.html": _textarea,
}
