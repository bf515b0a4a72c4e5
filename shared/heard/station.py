"""Words that the hub checks in its settings and a screen acts on; each side has a test that it knows them all. Pure."""

from __future__ import annotations

from collections.abc import Mapping

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
REMAKE_REASONS: tuple[Mapping[str, str], ...] = (
    {"en": "Dropped", "ar": "سقط"},
    {"en": "Cold", "ar": "بارد"},
    {"en": "Burnt", "ar": "محترق"},
    {"en": "Raw", "ar": "نيء"},
    {"en": "Wrong dish", "ar": "صنف خاطئ"},
    {"en": "Lost", "ar": "مفقود"},
    {"en": "Guest sent it back", "ar": "أعاده الضيف"},
)
"""Why something is made once more, where the site says nothing else."""
