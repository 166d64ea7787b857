"""What may import what: contracts for import-linter, made for the packages that exist.

Services know nothing of each other and meet only in `shared`, which knows no service. The client speaks the public
API and knows of the rest only the words it shares with it. `stack` runs before anything is installed, with the standard
library only.
"""

import ast
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = ("bench", "chaos", "client", "demo", "services", "shared", "stack")
CLIENT_MAY_USE = ("batches", "cutting", "library", "media", "reports", "views")
MEASURED_FROM_INSIDE = (
    "bench.history -> services.scheduler.migrations.*",
    "bench.queue -> services.scheduler.**",
    "bench.by_hand -> services.processor.**",
    "bench.encoder -> services.processor.**",
    "bench.topics.cuts -> services.processor.**",
    "bench.topics.cutting -> services.processor.**",
    "bench.topics.export -> services.exporter.**",
    "bench.topics.listening -> services.processor.**",
    "bench.topics.transcripts -> services.processor.**",
)
"""Some parts are measured by calling them: what they take by themselves cannot be seen from outside."""


def problems(root: Path) -> list[str]:
    """The broken contracts, as import-linter tells them, and imports of `stack` from outside the standard library."""
    packages = [name for name in TOP if (root / name / "__init__.py").exists()]
    with tempfile.NamedTemporaryFile("w", suffix=".ini") as file:
        file.write(contracts(root, packages))
        file.flush()
        asked = [str(Path(sys.executable).with_name("lint-imports")), "--config", file.name, "--no-cache"]
        done = subprocess.run(asked, check=False, cwd=root, capture_output=True, text=True)
    found = [] if done.returncode == 0 else (done.stdout + done.stderr).strip().splitlines()
    return found + foreign_imports(root / "stack")


def contracts(root: Path, packages: list[str]) -> str:
    """The contracts as import-linter's ini file."""
    services = _inside(root, "services")
    beyond_words = [name for name in _inside(root, "shared") if name.rpartition(".")[2] not in CLIENT_MAY_USE]

    def present(*names: str) -> list[str]:
        return [name for name in names if name in packages]

    parts = [_section("importlinter", root_packages=packages)]
    if len(services) > 1:
        parts.append(_contract("Services are independent of each other", "independence", modules=services))
    forbidden = (
        (
            "shared knows nobody above it",
            "shared",
            present("bench", "chaos", "client", "demo", "services", "stack"),
            False,
        ),
        ("services use shared only", "services", present("bench", "chaos", "client", "demo", "stack"), False),
        (
            "the client speaks only the public API",
            "client",
            present("bench", "chaos", "demo", "services", "stack"),
            False,
        ),
        ("the client shares only words", "client", beyond_words, True),
        ("the stack stands alone", "stack", present("bench", "chaos", "client", "demo", "services", "shared"), False),
        ("the demo is a user of the system", "demo", present("bench", "chaos", "services"), False),
        ("faults strike from outside", "chaos", present("bench", "demo", "services"), False),
        ("measurements are made from outside", "bench", present("services"), False),
    )
    for title, source, targets, indirect_too in forbidden:
        if source in packages and targets:
            parts.append(
                _contract(
                    title,
                    "forbidden",
                    source_modules=[source],
                    forbidden_modules=targets,
                    allow_indirect_imports=str(indirect_too),
                    **({"ignore_imports": list(MEASURED_FROM_INSIDE)} if source == "bench" else {}),
                )
            )
    return "\n".join(parts)


def foreign_imports(package: Path) -> list[str]:
    """Imports that neither the standard library nor the package itself answers."""
    found = []
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            tops = {name.partition(".")[0] for name in names} - {package.name} - sys.stdlib_module_names
            found += [f"{path} imports {top}; {package.name} may use the standard library only" for top in sorted(tops)]
    return found


def _inside(root: Path, package: str) -> list[str]:
    """The modules and packages right inside a package."""
    folder = root / package
    names = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    return [f"{package}.{name}" for name in sorted(names - {"__init__", "__main__"})]


def _contract(title: str, kind: str, **fields: list[str] | str) -> str:
    return _section(f"importlinter:contract:{title.replace(' ', '-')}", name=title, type=kind, **fields)


def _section(title: str, **fields: list[str] | str) -> str:
    lines = [
        f"{name} = {value}" if isinstance(value, str) else f"{name} =\n    " + "\n    ".join(value)
        for name, value in fields.items()
    ]
    return f"[{title}]\n" + "\n".join(lines) + "\n"
