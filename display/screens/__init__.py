"""One module per screen; each returns draw operations."""
