"""Chaos: the whole system under load while its processes and servers are killed and frozen, and what became of every video.

`make chaos` runs a campaign of any length; `tests/chaos` runs a short one. Everything random follows from one printed seed.
"""
