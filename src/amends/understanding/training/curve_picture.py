"""The curve as a picture: one small drawing for each goal, in SVG without script or style."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

_WIDE, _HIGH, _EDGE, _TOP = 200, 150, 34, 30
_ACROSS: Final = 4  # drawings side by side
_LOW, _SPAN = 45.0, 45.0  # percent at the foot of a drawing, and from there to its top
_INK, _GOAL, _LAYERS = "#1d4ed8", "#b91c1c", "#047857"


def picture(told: Mapping[str, Any]) -> str:
    """The drawings; the same figures give the same bytes."""
    rows = -(-len(told) // _ACROSS)
    wide, high = _ACROSS * (_WIDE + 2 * _EDGE), rows * (_HIGH + _TOP + 2 * _EDGE)
    drawn = "".join(
        _one(name, lines, at % _ACROSS, at // _ACROSS)
        for at, (name, lines) in enumerate(told.items())
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {wide} {high}" '
        f'width="{wide}" height="{high}" font-family="sans-serif" font-size="11" fill="#374151">'
        "<title>Figures by how many labels taught, and by layers of the encoder</title>"
        f'<rect width="{wide}" height="{high}" fill="#ffffff"/>{drawn}</svg>\n'
    )


def _one(name: str, lines: Mapping[str, Any], column: int, row: int) -> str:
    left = column * (_WIDE + 2 * _EDGE) + _EDGE
    top = row * (_HIGH + _TOP + 2 * _EDGE) + _TOP
    labels, layers = list(lines["labels"].items()), list(lines["layers"].items())
    goal = _y(lines["goal"])
    parts = [
        f'<g transform="translate({left} {top})"><text y="-12" font-weight="bold">{escape(name)}</text>',
        f'<rect width="{_WIDE}" height="{_HIGH}" fill="none" stroke="#9ca3af"/>',
        f'<line x1="0" x2="{_WIDE}" y1="{goal}" y2="{goal}" stroke="{_GOAL}" stroke-dasharray="4"/>',
        f'<text x="{_WIDE + 3}" y="{goal + 4}" fill="{_GOAL}">{lines["goal"]:g}</text>',
        _line([value for _, value in labels], _INK),
        _line([value for _, value in layers], _LAYERS) if layers else "",
        f'<text x="0" y="{_HIGH + 14}" fill="{_INK}">labels: {labels[0][0]} to all</text>',
        f'<text x="0" y="{_HIGH + 27}" fill="{_LAYERS}">layers: 1 to {layers[-1][0]}</text>'
        if layers
        else "",
        f'<text x="{_WIDE - 4}" y="{_y(labels[-1][1]) + 16}" text-anchor="end">{labels[-1][1]:g}</text>',
        f'<text x="-4" y="{_HIGH}" text-anchor="end">{_LOW:g}</text>',
        f'<text x="-4" y="8" text-anchor="end">{_LOW + _SPAN:g}</text>',
    ]
    return "".join([*parts, "</g>"])


def _line(values: Sequence[float], ink: str) -> str:
    step = _WIDE / max(len(values) - 1, 1)
    points = " ".join(f"{at * step:.1f},{_y(value)}" for at, value in enumerate(values))
    return f'<polyline points="{points}" fill="none" stroke="{ink}" stroke-width="2"/>'


def _y(value: float) -> float:
    return round(_HIGH * (1 - (value - _LOW) / _SPAN), 1)
