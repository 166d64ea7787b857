"""Sets up everything that a bare machine lacks."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from stack import install, page, seaweed, settings, venv


def run(root: Path, *, dev: bool, say: Callable[[str], None]) -> None:
    """Install missing programs and Python packages; quick and silent when there is nothing to do.

    Two at once wait for each other. Raises `StackError` with what people can do when it cannot.
    """
    with (root / ".setup.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up of this folder is at work; waiting for it ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        install.install(install.missing(dev=dev), say=say)
        venv.ensure(root, dev=dev, say=say)
        if dev or settings.wants_s3_server(settings.chosen(root, os.environ)):
            seaweed.ensure(root, say=say)
        if dev:
            page.ensure(root, say=say, packages=True)
