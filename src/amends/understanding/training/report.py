"""The evaluation report: one HTML page with drawings in SVG, without a script or a style of its own."""

from collections.abc import Sequence
from html import escape
from typing import Any

_SIDE, _EDGE = 320, 40
_LINE = 'fill="none" stroke="#1d4ed8" stroke-width="2"'
_FRAME = 'fill="none" stroke="#6b7280"'


def report_text(card: dict[str, Any], curves: dict[str, Any]) -> str:
    """The page; the same figures give the same page."""
    parts = [f"<h1>Evaluation of {escape(card['model'])}</h1>"]
    told = card["figures"]
    if "complaint" in told:
        parts += [
            "<p>Complaint, out of fold: nothing here was learnt from. Figures are percent.</p>",
            "<h2>What was said against what was</h2>",
            _reliability(told["reliability"]["bins"]),
            "<h2>Precision against recall</h2>",
            _precision(curves["points"], card["threshold"]),
            f"<h2>Right and wrong from {card['threshold']:.2f} on</h2>",
            _confusion(curves, card["threshold"]),
            *(_slices(kind, rows) for kind, rows in sorted(told["slices"].items())),
        ]
    parts.append(_trials(told["trials"]))
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f"<title>Evaluation of {escape(card['model'])}</title></head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _spot(x: float, y: float) -> str:
    """A point of the unit square in the drawing, up being up."""
    return f"{_EDGE + x * _SIDE:.1f},{_EDGE + (1 - y) * _SIDE:.1f}"


def _drawn(name: str, across: str, up: str, inside: str) -> str:
    size = _SIDE + 2 * _EDGE
    corner = f'x="{_EDGE}" y="{_EDGE}" width="{_SIDE}" height="{_SIDE}"'
    return (
        f'<svg role="img" aria-label="{name}" viewBox="0 0 {size} {size}" width="{size}" height="{size}">'
        f"<title>{name}</title><rect {corner} {_FRAME}/>{inside}"
        f'<text x="{size / 2}" y="{size - 8}" text-anchor="middle">{across}</text>'
        f'<text x="12" y="{size / 2}" text-anchor="middle" transform="rotate(-90 12 {size / 2})">'
        f"{up}</text></svg>"
    )


def _reliability(bins: Sequence[dict[str, Any]]) -> str:
    points = " ".join(_spot(one["said"] / 100, one["was"] / 100) for one in bins)
    dots = "".join(
        '<circle cx="{}" cy="{}" r="4" fill="#1d4ed8"/>'.format(
            *_spot(one["said"] / 100, one["was"] / 100).split(",")
        )
        for one in bins
    )
    even = f'<polyline points="{_spot(0, 0)} {_spot(1, 1)}" {_FRAME} stroke-dasharray="4"/>'
    inside = f'{even}<polyline points="{points}" {_LINE}/>{dots}'
    return _drawn("Reliability of complaint", "probability said", "share that was", inside)


def _precision(points: Sequence[tuple[float, float, float]], threshold: float) -> str:
    line = " ".join(_spot(recall, precision) for _, recall, precision in points)
    _, recall, precision = min(points, key=lambda point: abs(point[0] - threshold))
    x, y = _spot(recall, precision).split(",")
    dot = f'<circle cx="{x}" cy="{y}" r="5" fill="#b91c1c"/>'
    inside = f'<polyline points="{line}" {_LINE}/>{dot}'
    return _drawn("Precision against recall", "recall", "precision (dot: the threshold)", inside)


def _confusion(curves: dict[str, Any], threshold: float) -> str:
    answers, told = curves["answers"], curves["shares"] >= threshold
    rows = [
        (name, int((told & (answers == is_)).sum()), int((~told & (answers == is_)).sum()))
        for name, is_ in (("complaint", 1), ("no complaint", 0))
    ]
    return _table(("was", "called a complaint", "not called one"), rows)


def _slices(kind: str, rows: dict[str, Any]) -> str:
    lines = [
        (name, one["rows"], one["complaints"], _span(one["recall"]), _span(one["precision"]))
        for name, one in rows.items()
    ]
    head = (kind, "posts", "complaints", "recall", "precision")
    return f"<h2>By {kind}</h2>{_table(head, lines)}"


def _trials(trials: dict[str, Any]) -> str:
    lines = [
        (name, tier, _span(one["figure"]), one["deep"])
        for name, tiers in sorted(trials.items())
        for tier, one in sorted(tiers.items())
    ]
    head = ("set, never learnt from", "tiers", "figure", "of it read by the deep tier")
    return f"<h2>Other sets</h2>{_table(head, lines)}"


def _span(found: dict[str, Any]) -> str:
    if found["value"] is None:
        return "-"
    return f"{found['value']} ({found['low']} to {found['high']})"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>"
