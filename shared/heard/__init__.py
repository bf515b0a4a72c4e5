"""Heard: orders from till to kitchen screen, and proof that they were painted."""

__version__ = "0.1.0"
