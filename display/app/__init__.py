"""Wires a screen: `start` paints a first frame before anything slow is imported, `prep` runs it."""
