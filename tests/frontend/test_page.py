"""The checks and tests that the web page brings along, run with everything else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stack import page
from tools import page_types

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "frontend"
COMPONENTS = (
    "BatchUploadModal",
    "BatchJobsList",
    "BatchJobDetails",
    "BatchProgressPanel",
    "BatchSettingsForm",
    "BatchVideoRow",
    "BatchExportDialog",
)


@pytest.fixture(scope="module")
def node() -> page.Node:
    """Node.js, with the packages of the page installed."""
    page.ensure(ROOT, say=print, packages=True)
    return page.find(ROOT, print)


def test_the_types_of_the_page_are_those_of_the_api(node: page.Node) -> None:
    assert page_types.FILE.read_text() == page_types.types(), "run: make docs"


def test_the_page_is_formatted_and_its_types_fit(node: page.Node) -> None:
    node.run(FOLDER, "run", "check")


def test_every_component_does_what_its_tests_say(
    node: page.Node, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.json"
    # The first reporter is for people: of an error outside of any test the second says nothing.
    node.run(FOLDER, "test", "--", "--reporter=dot", "--reporter=json", f"--outputFile.json={report}")
    told = json.loads(report.read_text())
    counted = {Path(file["name"]).name.partition(".")[0]: len(file["assertionResults"]) for file in told["testResults"]}
    with capsys.disabled():
        print(f" [{told['numPassedTests']} tests of the page passed]", end="")
    assert told["success"] and told["numPendingTests"] == 0
    assert {name for name in COMPONENTS if counted.get(name, 0) < 5} == set()


def test_the_lock_names_no_place_where_packages_come_from() -> None:
    lock = (FOLDER / "package-lock.json").read_text()
    assert '"resolved"' not in lock and "registry" not in lock


def test_the_first_load_is_light(node: page.Node) -> None:
    entry = (FOLDER / "dist" / "index.html").read_text()
    scripts = [path for path in (FOLDER / "dist").rglob("*.js.gz") if path.name.removesuffix(".gz") in entry]
    assert scripts and sum(path.stat().st_size for path in scripts) < 250_000
