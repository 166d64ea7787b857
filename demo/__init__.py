"""The demo does the main job once, on videos it makes itself, and believes nothing that it has not checked.

Used as `python -m demo` (`make demo`): starts the local stack, or uses the one that runs; works through the public API as any
other client; leaves the results in `demo-output/`; its exit status tells whether every one of them is what it should be.
"""
