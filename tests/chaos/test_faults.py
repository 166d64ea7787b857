from __future__ import annotations

import random
from collections import Counter

from chaos.faults import DECK, PROCESSORS, drawn


def test_one_seed_gives_the_same_faults_again() -> None:
    first, again, other = (list(drawn(DECK, 50, 30.0, random.Random(seed))) for seed in (1, 1, 2))
    assert first == again != other


def test_a_campaign_strikes_everything_about_as_often_as_the_deck_has_it() -> None:
    struck = Counter((fault.how, fault.target) for fault in drawn(DECK, 3 * len(DECK), 30.0, random.Random(3)))
    assert struck == Counter(DECK * 3)


def test_a_frozen_processor_sleeps_until_its_lease_is_lost() -> None:
    faults = list(drawn(DECK, 100, 30.0, random.Random(4)))
    frozen = [fault for fault in faults if fault.how == "freeze"]
    assert all((fault.lasts_s > 30.0) is (fault.target in PROCESSORS) for fault in frozen)
