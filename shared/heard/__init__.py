"""Heard: orders from till to kitchen screen, and proof that they were painted."""

__version__ = "0.1.0"

BUILT_MS = 1_748_736_000_000
"""2025-06-01, raised with a release and never later than its day: a clock that stands before it is wrong for certain."""
