"""The benchmarks measure Dailies beside something whose speed people know, in the same run on the same machine.

Used as `python -m bench [TOPIC …]` (`make bench ONLY=topic`): each topic prints a table and writes
`bench-results/<topic>.json`. A topic is a function in `bench/topics/` that gives rows; see `bench.rows`.
"""
