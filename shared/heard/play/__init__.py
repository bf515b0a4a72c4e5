"""Plays orders into a hub, recorded or of our own making, and proves what became of each: see `heard replay` and `demo`."""
