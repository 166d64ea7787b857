"""Checks of the source that no single tool does: what may import what, and how long a file may be."""
