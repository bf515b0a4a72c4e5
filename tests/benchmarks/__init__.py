"""Measures the product against its goals and against other systems that do the same job: `make bench`."""
