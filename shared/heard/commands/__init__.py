"""Subcommands that need no application, one module each."""
