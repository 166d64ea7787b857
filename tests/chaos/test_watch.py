from __future__ import annotations

from chaos.watch import Watch


def test_a_standstill_ends_with_a_change_and_not_before() -> None:
    watch = Watch()
    watch.see({"video 1": "a", "export 1": "x"}, 0.0)
    watch.see({"video 1": "a", "export 1": "y"}, 10.0)
    watch.see({"video 1": "b", "export 1": "y"}, 25.0)
    watch.see({"video 1": "b"}, 30.0)
    assert (watch.longest.seconds, watch.longest.what) == (25.0, "video 1 at a")
    assert watch.by_kind == {"video": 25.0, "export": 20.0}


def test_what_ended_and_comes_back_begins_anew() -> None:
    watch = Watch()
    watch.see({"video 1": "a"}, 0.0)
    watch.see({}, 5.0)
    watch.see({"video 1": "a"}, 100.0)
    watch.see({"video 1": "a"}, 103.0)
    assert watch.longest.seconds == 5.0
