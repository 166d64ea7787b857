"""Writes frontend/src/api/schema.d.ts: the types of the API as the gateway describes it, for the web page."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from litestar.testing import TestClient

from services.gateway.web import application
from stack import page

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "frontend" / "src" / "api" / "schema.d.ts"


def types() -> str:
    """The types, made by openapi-typescript out of the gateway's description."""
    with TestClient(application()) as client:
        described = client.get("/schema/openapi.json").content
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "openapi.json", Path(folder) / "schema.d.ts"
        source.write_bytes(described)
        # A field with a default may be left out of what is sent, so it must not become one that has to be there.
        options = ["--default-non-nullable=false", "-o", str(made)]
        page.find(ROOT, print).run(FILE.parents[2], "exec", "--", "openapi-typescript", str(source), *options)
        return made.read_text()


def main() -> int:
    """Write the file."""
    FILE.write_text(types())
    sys.stdout.write(f"{FILE.relative_to(ROOT)} is written.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
