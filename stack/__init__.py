"""The local stack runs the whole of Dailies on one machine, with real servers and without containers.

Owns: the folder `.run/` (data, logs, secrets) and every process under it.
Used by: `python3 -m stack` (see `make help`), the tests, the demo and the benchmarks.
Needs nothing but Python's standard library, so that it runs before anything is installed.
"""
