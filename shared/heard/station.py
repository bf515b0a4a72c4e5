"""Words that the hub checks in its settings and a screen acts on; each side has a test that it knows them all. Pure."""

from __future__ import annotations

ROLES = ("prep", "expo", "board", "cart", "printer")
LAYOUTS = ("columns", "grid", "list", "portrait")
"""How tickets lie: flexible columns, a fixed grid, by item, upright."""
KEY_PRESETS = ("keyboard", "sdcloud", "kb1700", "kb9000")
GRAMMARS = ("digit-selects", "digit-bumps")
SLOTS = ("stable", "shifting")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
"""Languages of screens and slips that begin on the right."""
SOUNDS = ("allergy", "void", "not_heard", "not_live", "rush", "changed", "late", "new", "pause_ends")
"""Events that may ring, from the gravest to the slightest."""
