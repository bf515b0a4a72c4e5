"""Subcommands of the display application, one module each."""
