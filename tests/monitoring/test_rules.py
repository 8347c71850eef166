"""The dashboard and the alert rules: they can be read, and ask only for what ``/metrics`` has."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.metrics_core import Metric

import bot.monitoring
from bot.metrics import SHARED, Metrics
from bot.services import posts

FOLDER = Path(bot.monitoring.__file__).parent
ALERTS: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "grafana.json").read_text())
ALWAYS = {"instance", "le"}
"""Labels that Prometheus adds, or every histogram has."""


def wrapped() -> Iterator[MetricWrapperBase]:
    """Every figure of ours."""
    for figure in vars(Metrics()).values():
        if isinstance(figure, MetricWrapperBase):
            yield figure


def family_of(figure: MetricWrapperBase) -> Metric:
    """Its name, words and type."""
    (family,) = figure.describe()
    return family


def known() -> dict[str, set[str]]:
    """The labels of each name that can be asked for."""
    names = {name: set[str]() for name in ("process_resident_memory_bytes", "process_cpu_seconds_total")}
    for figure in wrapped():
        family = family_of(figure)
        endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(family.type, ("",))
        names |= {f"{family.name}{ending}": set(figure._labelnames) for ending in endings}
    return names


def panels() -> list[dict[str, Any]]:
    """The dashboard's, but for the headings."""
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def questions() -> list[str]:
    """Every expression of both files."""
    asked = [rule["expr"] for rule in ALERTS]
    asked += [target["expr"] for panel in panels() for target in panel["targets"]]
    asked += [note["expr"] for note in DASHBOARD["annotations"]["list"]]
    return [expression.replace("$__rate_interval", "5m") for expression in asked]


def selectors(expression: str) -> list[promql_parser.VectorSelector]:
    """What an expression reads; raises ValueError where it is none."""
    found: list[promql_parser.VectorSelector] = []

    def note(node: Any) -> None:
        if isinstance(node, promql_parser.VectorSelector):
            found.append(node)
        elif isinstance(node, promql_parser.MatrixSelector):
            found.append(node.vector_selector)

    promql_parser.walk(promql_parser.parse(expression), note)
    return found


def test_every_question_asks_for_figures_and_labels_that_are_there() -> None:
    """A name that was changed, or mistyped, would show an empty panel and never alert."""
    names = known()
    asked = set()
    for expression in questions():
        labels = set[str]()
        for selector in selectors(expression):
            assert selector.name in names, expression
            labels |= names[selector.name]
            asked.add(re.sub("_(bucket|sum|count|total)$", "", selector.name))
            assert {matcher.name for matcher in selector.matchers.matchers} <= labels | ALWAYS, expression
        for grouped in re.findall(r"\b(?:by|on|without) \(([^)]*)\)", expression):
            assert {name.strip() for name in grouped.split(",")} <= labels | ALWAYS, expression
    ours = {family_of(figure).name for figure in wrapped()}
    assert ours <= asked, "figures nobody looks at"


def test_what_the_database_says_is_never_summed_over_replicas() -> None:
    """Two replicas say the same thing twice."""
    shared = {family_of(figure).name for figure in wrapped() if family_of(figure).documentation.endswith(SHARED)}
    assert len(shared) > 8
    for expression in questions():
        for name in shared & {selector.name for selector in selectors(expression)}:
            assert re.search(rf"\b(max|min)( by \([^)]*\))? \({name}|\b(max|min)\({name}", expression), expression


def test_texts_that_are_late_are_those_of_the_inbox() -> None:
    """The rule names the kinds of operation by which a text appears."""
    (rule,) = [rule for rule in ALERTS if rule["alert"] == "SwitchboardTextsAreLate"]
    (selector,) = selectors(rule["expr"])
    (kinds,) = [matcher.value for matcher in selector.matchers.matchers if matcher.name == "kind"]
    for kind in (posts.HEADER, posts.TEXT, posts.NOTE):
        assert re.fullmatch(kinds, kind)
    assert not re.fullmatch(kinds, posts.HEADER_UPDATE)


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_is_wrong_and_what_to_do(rule: dict[str, Any]) -> None:
    """Each waits a little, has a severity, a summary for the pager and a sentence more."""
    assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["annotations"]["summary"].endswith(".")
    assert len(rule["annotations"]["description"]) > 40


def test_the_dashboard_can_be_imported() -> None:
    """Every panel has its own number and place, a source that is chosen on import, and says what it shows."""
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in DASHBOARD["panels"]]
    assert len(set(places)) == len(places)
    for panel in panels():
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
        assert panel["title"]
        assert panel["description"]
        assert panel["datasource"]["uid"] == "${source}"
