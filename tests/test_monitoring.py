"""What an operator is given to watch Dailies with: it can be loaded, it fires, and each alert says what to do."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from stack.processes import PROCESSES
from tests.test_compose import environment

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "deploy/prometheus"
ALERTS: list[dict[str, Any]] = yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"][0]["rules"]
SCRAPES: dict[str, Any] = {
    job["job_name"]: job for job in yaml.safe_load((FOLDER / "prometheus.yaml").read_text())["scrape_configs"]
}
DASHBOARDS = sorted((ROOT / "deploy/grafana/dashboards").glob("*.json"))
METRIC = re.compile(r"\b(?:dailies|rabbitmq_detailed|process)_[a-z_]+|\bup\b")


def promtool(*arguments: str | Path) -> None:
    done = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def queries(dashboard: Path) -> list[str]:
    return [
        target["expr"].replace("$__rate_interval", "5m")
        for panel in json.loads(dashboard.read_text())["panels"]
        for target in panel.get("targets", [])
    ]


def named() -> set[str]:
    """Every metric that a rule or a dashboard names."""
    texts = [rule["expr"] for rule in ALERTS] + [query for dashboard in DASHBOARDS for query in queries(dashboard)]
    return {name for text in texts for name in METRIC.findall(text)}


def test_every_alert_fires_when_it_should_and_stays_quiet_when_it_should() -> None:
    promtool("check", "rules", FOLDER / "alerts.yaml")
    promtool("test", "rules", FOLDER / "alerts.test.yaml")
    fired: set[str] = set()
    quiet: set[str] = set()
    for case in yaml.safe_load((FOLDER / "alerts.test.yaml").read_text())["tests"]:
        for expected in case["alert_rule_test"]:
            (fired if expected["exp_alerts"] else quiet).add(expected["alertname"])
    assert fired == quiet == {rule["alert"] for rule in ALERTS}


def test_every_alert_has_its_line_in_the_runbook() -> None:
    runbook = (ROOT / "docs/operations.md").read_text()
    for rule in ALERTS:
        assert rule["annotations"]["runbook"] == f"docs/operations.md#{rule['alert'].lower()}"
        assert re.search(
            rf'^\| <a id="{rule["alert"].lower()}"></a>{rule["alert"]} \| .{{20,}} \|$', runbook, re.MULTILINE
        ), rule


def test_every_process_is_read_at_the_port_where_it_is_measured(tmp_path: Path) -> None:
    (tmp_path / "alerts.yaml").write_bytes((FOLDER / "alerts.yaml").read_bytes())
    configured = tmp_path / "prometheus.yaml"
    configured.write_text((FOLDER / "prometheus.yaml").read_text().replace("/etc/prometheus", str(tmp_path)))
    promtool("check", "config", configured)
    (found,) = SCRAPES["dailies"]["dns_sd_configs"]
    assert set(found["names"]) == {kind.name.replace(".", "-") for kind in PROCESSES}
    assert {environment(name)["DAILIES_MONITOR_PORT"] for name in found["names"]} == {str(found["port"])}


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda path: path.stem)
def test_every_question_of_a_dashboard_can_be_asked(dashboard: Path, tmp_path: Path) -> None:
    rules = [{"record": f"question:{number}", "expr": query} for number, query in enumerate(queries(dashboard))]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    promtool("check", "rules", tmp_path / "rules.yaml")
    shown = json.loads(dashboard.read_text())
    (source,) = yaml.safe_load((ROOT / "deploy/grafana/provisioning/datasources/prometheus.yaml").read_text())[
        "datasources"
    ]
    assert {panel["datasource"]["uid"] for panel in shown["panels"] if "datasource" in panel} == {source["uid"]}
    assert len({panel["title"] for panel in shown["panels"]}) == len(shown["panels"]) > 20
