"""The dashboard and the alerts ask for what there is: metrics, labels and deadlines of these names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, cast

import pytest
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import CollectorRegistry, ProcessCollector
from ruamel.yaml import YAML

from graphs import read
from schemas import PROJECT
from telemetry import Instruments
from tests.support.doc_blocks import listed_instruments

FOLDER = PROJECT / "config" / "telemetry"
CONVENTIONS = {"gen_ai.request.model", "gen_ai.token.type", "gen_ai.operation.name", "error.type"}
"""Labels of the metrics that the semantic conventions name."""
_WORD = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABELS = re.compile(r"(?:by|ignoring|on) \(([^)]*)\)|\{([^}]*)\}")


def panels() -> Iterator[tuple[str, str]]:
    """Each query of the dashboard, with where it is."""
    board = json.loads((FOLDER / "grafana.json").read_text(encoding="utf-8"))
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]


def alerts() -> list[dict[str, Any]]:
    read_in = cast("Any", YAML(typ="safe")).load((FOLDER / "alerts.yaml").read_text(encoding="utf-8"))
    return [rule for group in read_in["groups"] for rule in group["rules"]]


def queries() -> list[tuple[str, str]]:
    return [*panels(), *((rule["alert"], rule["expr"]) for rule in alerts())]


def served() -> set[str]:
    """The names that Prometheus reads when everything was counted once."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    provider = MeterProvider([PrometheusMetricReader(registry=registry)], shutdown_on_exit=False)
    for instrument in vars(Instruments(provider.get_meter("test"))).values():
        count = next(getattr(instrument, name) for name in ("add", "record", "set") if hasattr(instrument, name))
        count(1)
    names = {sample.name for metric in registry.collect() for sample in metric.samples}
    provider.shutdown()
    return names


def attributes() -> set[str]:
    """What the instruments say that their figures are told apart by."""
    found = {name.replace(".", "_") for name in CONVENTIONS}
    for made in listed_instruments():
        for said in re.findall(r"\bBy ([^.]+)\.$", made.about):
            found |= {re.sub(r"\s*\(.*", "", one).strip() for one in re.split(r",(?![^(]*\))", said)}
    return found


def metrics_of(query: str) -> set[str]:
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]', "", _LABELS.sub(" ", query))
    return {word for word in _WORD.findall(bare) if word.startswith(("loomwright_", "gen_ai_", "process_"))}


def labels_of(query: str) -> set[str]:
    said = " ".join(by or selected for by, selected in _LABELS.findall(query))
    return set(_WORD.findall(re.sub(r'"[^"]*"', "", said)))


@pytest.mark.parametrize(("where", "query"), queries())
def test_a_query_asks_for_metrics_and_labels_that_there_are(where: str, query: str) -> None:
    assert metrics_of(query), where
    assert metrics_of(query) <= served()
    assert labels_of(query) <= attributes() | {"le", "job", "instance"}


def test_every_metric_of_ours_is_on_the_dashboard_or_watched() -> None:
    asked = {re.sub(r"_(bucket|count|sum|total)$", "", name) for _, query in queries() for name in metrics_of(query)}
    there = {re.sub(r"_(bucket|count|sum|total|created)$", "", name) for name in served() if "loomwright" in name}

    assert there <= asked


def test_what_is_late_is_what_the_graphs_call_late() -> None:
    late = [rule["expr"] for rule in alerts() if "Late" in rule["alert"]]

    assert late
    for query in late:
        found = re.search(r'kind="(\w+)".* > ([\d.]+)$', query)
        assert found is not None, query
        assert float(found[2]) == read(found[1]).deadline


def test_every_alert_says_what_it_means_and_what_to_do() -> None:
    for rule in alerts():
        assert {"summary", "what_to_do"} <= set(rule["annotations"]), rule["alert"]
        assert rule["labels"]["severity"] in ("warning", "critical")


def test_no_two_panels_lie_on_each_other() -> None:
    board = json.loads((FOLDER / "grafana.json").read_text(encoding="utf-8"))
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
