"""Subcommands of the hub application, one module each."""
