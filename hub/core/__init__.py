"""Pure decisions of the hub: no I/O, no clock, no randomness of their own."""
