"""Charts (Block Kit, ``data_visualization``) as shapes to draw and as words to read. Pure.

Lengths are those of a drawing ``WIDTH`` by ``HEIGHT``, with its origin at the top left.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.sandbox.slack.model import Json

WIDTH, HEIGHT = 560, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 18, 26
_TICKS = 4
_GROUP_SHARE = 0.7
"""How much of a category's room its bars fill."""
_WIDEST_BAR = 44
_VALUES_SHOWN = 12
"""Bars up to which each says its value."""
_PIE_X, _PIE_Y, _PIE_RADIUS = 120, 120, 104


@dataclass(frozen=True)
class Word:
    """A word at a place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Shape:
    """One thing drawn: of which series (from 0), an SVG path, and what is said when the pointer rests on it."""

    series: int
    path: str
    words: str = ""


@dataclass
class Drawing:
    """A chart: lines across at ``ticks``, words under it, shapes, and all its numbers as a table."""

    kind: str
    names: list[str]
    summary: str
    table: list[list[str]]
    ticks: list[Word] = field(default_factory=list)
    categories: list[Word] = field(default_factory=list)
    values: list[Word] = field(default_factory=list)
    areas: list[Shape] = field(default_factory=list)
    lines: list[Shape] = field(default_factory=list)
    solids: list[Shape] = field(default_factory=list)


def drawn(chart: Json) -> Drawing:
    """The chart of a block, drawn."""
    return _pie(chart["segments"]) if chart["type"] == "pie" else _plot(chart)


def number(value: float) -> str:
    """``1,234``, ``0.5``."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0")


def scale(values: Sequence[float]) -> tuple[float, float, float]:
    """The least and the greatest value of an axis on which these and 0 have room, and a round step between."""
    low, high = min(0, *values), max(0, *values)
    rough = (high - low or 1) / _TICKS
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(each * magnitude for each in (1, 2, 5, 10) if each * magnitude >= rough * (1 - 1e-9))
    if step < 1 and all(value == int(value) for value in values):
        step = 1.0
    return math.floor(low / step) * step, max(math.ceil(high / step) * step, step), step


def _plot(chart: Json) -> Drawing:
    categories = [str(each) for each in chart["axis_config"]["categories"]]
    series = [[float(point["value"]) for point in each["data"]] for each in chart["series"]]
    names = [str(each["name"]) for each in chart["series"]]
    axes = _Axes(len(categories), [value for each in series for value in each])
    drawing = Drawing(
        kind=chart["type"],
        names=names,
        summary=_summary(chart["type"], names, categories, series),
        table=[["", *names], *([label, *map(number, row)] for label, *row in zip(categories, *series, strict=True))],
        ticks=axes.ticks(),
        categories=axes.under(categories),
    )
    if chart["type"] == "bar":
        _add_bars(drawing, axes, categories, series)
    else:
        _add_lines(drawing, axes, categories, series, filled=chart["type"] == "area")
    return drawing


class _Axes:
    """Where values and categories lie."""

    def __init__(self, categories: int, values: list[float]) -> None:
        self.low, self.high, self.step = scale(values)
        self.room = (WIDTH - _LEFT - _RIGHT) / categories

    def x(self, place: int) -> float:
        """The middle of a category."""
        return round(_LEFT + self.room * (place + 0.5), 1)

    def y(self, value: float) -> float:
        """The height of a value."""
        share = (self.high - value) / (self.high - self.low)
        return round(_TOP + share * (HEIGHT - _TOP - _BOTTOM), 1)

    def ticks(self) -> list[Word]:
        """The round values, on their heights."""
        count = round((self.high - self.low) / self.step)
        values = [self.low + self.step * each for each in range(count + 1)]
        return [Word(_LEFT - 8, self.y(value), number(value)) for value in values]

    def under(self, categories: Sequence[str]) -> list[Word]:
        """Every category that has room for its words, beginning with the first."""
        longest = max(len(each) for each in categories) * 6.2 + 8
        every = max(1, math.ceil(longest / self.room))
        return [Word(self.x(each), HEIGHT - 8, categories[each]) for each in range(0, len(categories), every)]


def _add_bars(drawing: Drawing, axes: _Axes, categories: list[str], series: list[list[float]]) -> None:
    width = round(min(_WIDEST_BAR, axes.room * _GROUP_SHARE / len(series)), 1)
    shown = len(series) * len(categories) <= _VALUES_SHOWN
    for which, values in enumerate(series):
        for place, value in enumerate(values):
            left = round(axes.x(place) + (which - len(series) / 2) * width, 1)
            top, bottom = sorted((axes.y(value), axes.y(0)))
            path = f"M{left} {bottom}V{top}h{round(width - 1, 1)}V{bottom}z"
            words = f"{categories[place]}, {drawing.names[which]}: {number(value)}"
            drawing.solids.append(Shape(which, path, words))
            if shown:
                drawing.values.append(Word(round(left + width / 2, 1), top - 4, number(value)))


def _add_lines(
    drawing: Drawing, axes: _Axes, categories: list[str], series: list[list[float]], *, filled: bool
) -> None:
    for which, values in enumerate(series):
        points = [(axes.x(place), axes.y(value)) for place, value in enumerate(values)]
        path = "M" + "L".join(f"{x} {y}" for x, y in points)
        if filled:
            ground = axes.y(0)
            drawing.areas.append(Shape(which, f"{path}L{points[-1][0]} {ground}L{points[0][0]} {ground}z"))
        drawing.lines.append(Shape(which, path))
        for (x, y), label, value in zip(points, categories, values, strict=True):
            words = f"{label}, {drawing.names[which]}: {number(value)}"
            drawing.solids.append(
                Shape(which, f"M{round(x - 3.5, 1)} {y}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z", words)
            )


def _pie(segments: list[Json]) -> Drawing:
    values = [float(each["value"]) for each in segments]
    names = [str(each["label"]) for each in segments]
    shares = [f"{value / sum(values):.0%}" for value in values]
    said = [f"{name} {number(value)} ({share})" for name, value, share in zip(names, values, shares, strict=True)]
    ends = [sum(values[:each]) / sum(values) for each in range(len(values) + 1)]
    return Drawing(
        kind="pie",
        names=said,
        summary=f"Pie chart. {', '.join(said)}.",
        table=[["", "Value", "Share"], *map(list, zip(names, map(number, values), shares, strict=True))],
        solids=[Shape(which, _slice(*part), said[which]) for which, part in enumerate(pairwise(ends))],
    )


def _slice(start: float, end: float) -> str:
    """A sector, from one share of the circle to another, clockwise from the top."""
    if end - start > 1 - 1e-6:
        radius = _PIE_RADIUS
        left = f"M{_PIE_X - radius} {_PIE_Y}"
        return f"{left}a{radius} {radius} 0 1 0 {2 * radius} 0a{radius} {radius} 0 1 0 {-2 * radius} 0z"
    (x1, y1), (x2, y2) = _on_circle(start), _on_circle(end)
    wide = int(end - start > 1 / 2)
    return f"M{_PIE_X} {_PIE_Y}L{x1} {y1}A{_PIE_RADIUS} {_PIE_RADIUS} 0 {wide} 1 {x2} {y2}z"


def _on_circle(share: float) -> tuple[float, float]:
    angle = 2 * math.pi * share
    return round(_PIE_X + _PIE_RADIUS * math.sin(angle), 1), round(_PIE_Y - _PIE_RADIUS * math.cos(angle), 1)


def _summary(kind: str, names: list[str], categories: list[str], series: list[list[float]]) -> str:
    """What one sees at a glance: of each series its highest and lowest."""
    sentences = [f"{kind.capitalize()} chart, {categories[0]} to {categories[-1]}."]
    for name, values in zip(names, series, strict=True):
        high, low = max(values), min(values)
        at_high, at_low = categories[values.index(high)], categories[values.index(low)]
        sentences.append(f"{name}: highest {number(high)} ({at_high}), lowest {number(low)} ({at_low}).")
    return " ".join(sentences)
