"""Charts as they are drawn: where things lie, and what is said of them."""

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.page.charts import HEIGHT, WIDTH, drawn, number, scale

NUMBERS = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e6, 1e6).map(lambda value: round(value, 3)))


def plot(kind: str, **series: list[float]) -> dict[str, Any]:
    """A chart of days."""
    days = [f"Day {each}" for each in range(1, 1 + max(map(len, series.values())))]
    return {
        "type": kind,
        "axis_config": {"categories": days},
        "series": [
            {"name": name, "data": [{"label": day, "value": value} for day, value in zip(days, values, strict=True)]}
            for name, values in series.items()
        ],
    }


@given(st.lists(NUMBERS, min_size=1, max_size=20))
def test_an_axis_has_room_for_every_value_in_a_few_round_steps(values: list[float]) -> None:
    """It begins at 0 or below, ends above the greatest, and has neither one step nor a dozen."""
    low, high, step = scale(values)
    hair = step * 1e-6
    assert low <= min(0, *values) + hair
    assert high >= max(0, *values) - hair
    assert 1 <= round((high - low) / step) <= 7


@given(st.sampled_from(["bar", "line", "area"]), st.lists(NUMBERS, min_size=1, max_size=20))
def test_nothing_is_drawn_outside(kind: str, values: list[float]) -> None:
    """Every shape and word lies within the drawing, whatever the numbers; all of them stand in the table."""
    drawing = drawn(plot(kind, Texts=values))
    assert [row[1] for row in drawing.table[1:]] == [number(value) for value in values]
    for shape in [*drawing.lines, *drawing.areas]:
        for x, y in re.findall(r"([\d.-]+) ([\d.-]+)", shape.path):
            assert 0 <= float(x) <= WIDTH
            assert 0 <= float(y) <= HEIGHT
    assert all(0 <= word.x <= WIDTH and 0 <= word.y <= HEIGHT for word in [*drawing.ticks, *drawing.categories])


def test_bars_stand_on_the_ground_and_say_their_values() -> None:
    """Two series stand side by side; what rests under the pointer is said; the summary tells the highest and lowest."""
    drawing = drawn(plot("bar", In=[10, 20], Out=[0, 5]))
    assert [shape.words for shape in drawing.solids] == [
        "Day 1, In: 10", "Day 2, In: 20", "Day 1, Out: 0", "Day 2, Out: 5",
    ]  # fmt: skip
    grounds = {shape.path.partition("V")[0].split()[1] for shape in drawing.solids}
    assert grounds == {"214.0"}
    assert [word.text for word in drawing.values] == ["10", "20", "0", "5"]
    assert drawing.summary == (
        "Bar chart, Day 1 to Day 2. In: highest 20 (Day 2), lowest 10 (Day 1). "
        "Out: highest 5 (Day 2), lowest 0 (Day 1)."
    )


def test_a_pie_is_cut_by_shares() -> None:
    """More than half goes the long way round; a single segment is the whole circle."""
    parts = drawn({"type": "pie", "segments": [{"label": "In", "value": 3}, {"label": "Out", "value": 1}]})
    assert parts.names == ["In 3 (75%)", "Out 1 (25%)"]
    assert " 0 1 1 " in parts.solids[0].path
    assert " 0 0 1 " in parts.solids[1].path
    (whole,) = drawn({"type": "pie", "segments": [{"label": "All", "value": 2}]}).solids
    assert whole.path.count("a") == 2
