"""When cards may stand closer, before a second page begins, or roomier again: never under a finger. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from display.core.slots import Place, Slots, Stand

ROOMIER_AFTER_S = 1.0
"""Whether there is room again is worked out when the picture has stood so long, not while an order is on its way to it."""


@dataclass(slots=True)
class Closeness:
    """How close they stand now, 0 is roomy. Judged when the places changed, at the moments when gaps may close."""

    now: int = 0
    _judged: tuple[tuple[Place, ...], object] | None = None
    _since_s: float | None = None

    def judge(
        self,
        slots: Slots,
        look: object,
        now_s: float,
        fitting: Callable[[], int],
        *,
        crowded: bool,
        page: int = 0,
    ) -> bool:
        """True when they must stand otherwise than they do, as `fitting` says; another `look` is another picture anyway.

        `crowded`: now they need a second page, and could stand closer. While somebody reads that page, and while gaps are still to close, all stays.
        """
        places, judged = slots.places, self._judged
        if judged is not None and judged[1] is look:
            if judged[0] == places:
                self._since_s = None
                return False
            if self._since_s is None:
                self._since_s = now_s
            gaps = any(place.stand is Stand.GAP for place in places)
            if page or gaps or now_s < slots.may_move_at_s(self._since_s):
                return False
            if not crowded and self.now and now_s < self._since_s + ROOMIER_AFTER_S:
                return False
        self._judged, self._since_s = (places, look), None
        before, self.now = self.now, fitting() if crowded or self.now else 0
        return self.now != before
