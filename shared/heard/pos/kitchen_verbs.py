"""What a till asks of the kitchen after it held an order: courses, remakes, and lines that move between orders and tables."""

from __future__ import annotations

from collections.abc import Sequence

from heard.command import (
    ConfirmAllergy,
    FireCourse,
    HoldCourse,
    Merge,
    MoveTicket,
    PackBags,
    PaintedLine,
    PrintTicket,
    Remake,
    RiderHere,
    SendOut,
    Split,
    Transfer,
)
from heard.order import OrderType
from heard.pos.verbs import Accepted, Verbs


class KitchenVerbs(Verbs):
    """Courses, remakes, and lines that move; see `Verbs`."""

    async def fire(self, order_id: str, course: int, fires_at_ms: int = 0, user: str = "") -> Accepted:
        """The course may be made, now or at a time of the hub (`hub_now_ms`). A scheduled order is released with it."""
        return await self._do(order_id, FireCourse(course, fires_at_ms), user)

    async def hold_course(self, order_id: str, course: int, user: str = "") -> Accepted:
        """What nobody has begun of the course waits again."""
        return await self._do(order_id, HoldCourse(course), user)

    async def remake(self, order_id: str, line_ids: Sequence[str], reason: str, user: str = "") -> Accepted:
        """Make it once more, first in order and not charged; `reason` is for the report of waste."""
        return await self._do(order_id, Remake(tuple(line_ids), reason), user)

    async def split(
        self,
        order_id: str,
        line_ids: Sequence[str],
        *,
        new_order_id: str = "",
        call_number: str = "",
        user: str = "",
    ) -> Accepted:
        """Move lines with their states to a new order, whose id is in what is returned; the hub numbers it unless told."""
        new_id = new_order_id or self.new_id()
        done = await self._do(order_id, Split(new_id, tuple(line_ids), call_number), user)
        return Accepted(new_id, done.seq, call_number)

    async def split_bill(self, order_id: str, line_ids: Sequence[str], bill: str, user: str = "") -> Accepted:
        """Mark lines as those of another bill; nothing changes in the kitchen."""
        return await self._do(order_id, Split(bill, tuple(line_ids), bill_only=True), user)

    async def merge(self, order_id: str, into_order_id: str, user: str = "") -> Accepted:
        """Move all lines with their states into another open order."""
        return await self._do(order_id, Merge(into_order_id), user)

    async def transfer(
        self,
        order_id: str,
        *,
        table: str = "",
        server: str = "",
        area: str = "",
        order_type: OrderType = OrderType.UNSPECIFIED,
        user: str = "",
    ) -> Accepted:
        """Another table, server, area or type: every open ticket says so, and what nobody has begun goes where it belongs."""
        return await self._do(order_id, Transfer(table, server, area, order_type), user)

    async def move(
        self, order_id: str, lines: Sequence[PaintedLine], from_station: str, to_station: str, user: str = ""
    ) -> Accepted:
        """Push lines from one station to another."""
        return await self._do(order_id, MoveTicket(from_station, to_station, tuple(lines)), user)

    async def send_out(
        self, order_id: str, lines: Sequence[PaintedLine], pick_up_point: str = "", user: str = ""
    ) -> Accepted:
        """As expo does: these lines go out. `heard.expo.expo_card` has their versions."""
        return await self._do(order_id, SendOut(tuple(lines), pick_up_point), user)

    async def confirm_allergy(self, order_id: str, painted_version: int, user: str = "") -> Accepted:
        """The allergies of the order as it stood at that version were made sure of."""
        return await self._do(order_id, ConfirmAllergy((), painted_version), user)

    async def rider_here(self, order_id: str, here: bool = True, user: str = "") -> Accepted:
        """The rider of a delivery stands at the counter, or has gone."""
        return await self._do(order_id, RiderHere(here), user)

    async def pack(self, order_id: str, bags: int, user: str = "") -> Accepted:
        """How many bags the order fills."""
        return await self._do(order_id, PackBags(bags), user)

    async def print_ticket(
        self,
        order_id: str,
        station: str,
        line_ids: Sequence[str] = (),
        printer: str = "",
        user: str = "",
    ) -> Accepted:
        """A station's ticket ("expo": the slip of the pass) on paper once more, marked COPY; `printer` "" as the hub's settings say."""
        return await self._do(order_id, PrintTicket(station, tuple(line_ids), printer), user)
