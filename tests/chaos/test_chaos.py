"""A short campaign on the whole system: one fault of each kind while three users work. `make chaos` runs long ones."""

from __future__ import annotations

import random
import sys

import pytest

from chaos.campaign import Plan, campaign
from chaos.faults import SAMPLE

pytestmark = pytest.mark.journey


def test_whatever_dies_every_video_ends_once_and_as_it_should(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("chaos")
    folder.chmod(0o755)
    plan = Plan(seed=random.SystemRandom().randrange(10**6), faults=len(SAMPLE), users=3, lease_s=6.0, deck=SAMPLE)

    def say(sentence: str) -> None:
        sys.stdout.write(f"{sentence}\n")

    say(f"seed {plan.seed}")
    report = campaign(folder, plan, say)
    say(f"longest standstill {report.longest_s:.1f} s: {report.longest_what}")
    assert report.wrong == ()
    assert len(report.struck) == len(SAMPLE)
    assert report.verdict.completed >= 6 and report.exports >= plan.users
