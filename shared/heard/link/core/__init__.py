"""The link's decisions, pure: no I/O, no clock, no chance. The simulation runs these very modules."""
