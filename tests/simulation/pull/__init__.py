"""Pulling from a cloud of the contract's rules in memory: the real plan, pages, catalogue and settling, driven from a seed."""
