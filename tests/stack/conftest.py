"""A stack with stand-ins for services, in this process and as a command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.local import LocalStack
from stack.processes import ProcessKind
from tests.stack import clone as clones
from tests.stack.clone import Clone

STANDIN = str(Path(__file__).with_name("standin.py"))
TABLE = (
    ProcessKind(name="gateway.app", command=(STANDIN,), port=8400),
    ProcessKind(name="processor.worker", command=(STANDIN,), scalable=True),
    ProcessKind(name="exporter.worker", command=("-c", "raise SystemExit('there is no paper')")),
)


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    """A clone in a folder with an unusual name."""
    made = clones.make(tmp_path / "a clone, naïve")
    yield made
    made.close()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """Servers and stand-ins in this process."""
    with LocalStack(tmp_path_factory.mktemp("run"), table=TABLE) as made:
        made.start("gateway.app")
        made.scale("processor.worker", 1)
        yield made
