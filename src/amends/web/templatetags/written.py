"""Text that colleagues wrote in plain lines, shown with headings, lists and paragraphs."""

from itertools import groupby

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from amends.text import mark_hidden

register = template.Library()


def _kind(line: str) -> str:
    if line.startswith("# "):
        return "heading"
    return "list" if line.startswith(("- ", "* ")) else "paragraph"


@register.filter
def written(text: str | None) -> SafeString:
    """``# `` begins a heading, ``- `` an item of a list; every other line is a paragraph. All of it
    is escaped."""
    lines = [line.strip() for line in mark_hidden(text or "").splitlines()]
    shown = []
    for kind, group in groupby((line for line in lines if line), key=_kind):
        found = list(group)
        if kind == "list":
            items = format_html_join("", "<li>{}</li>", ((line[2:],) for line in found))
            shown.append(format_html("<ul>{}</ul>", items))
        elif kind == "heading":
            shown += [format_html("<h3>{}</h3>", line[2:]) for line in found]
        else:
            shown += [format_html("<p>{}</p>", line) for line in found]
    return format_html_join("", "{}", ((one,) for one in shown))
