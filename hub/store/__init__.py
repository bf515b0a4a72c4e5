"""The store: the seam that the core knows, and LMDB behind it."""
