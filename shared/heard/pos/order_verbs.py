"""What a till does with an order that it holds, and with what is out or paused; each is one command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from heard.command import (
    AddLines,
    ChangeLine,
    ChangeOrder,
    CloseStation,
    EightySix,
    MarkPaid,
    MarkPickedUp,
    OpenStation,
    Pause,
    Rush,
    VoidLines,
    VoidOrder,
)
from heard.order import NO_TEXT, Allergen, Line, Modifier, Note, Text
from heard.pos.verbs import Accepted, Verbs


class OrderVerbs(Verbs):
    """Changes, voids, payments; 86 and pauses. See `Verbs`; InvalidInput names a wrong field, LinkError a full disk."""

    async def add_lines(
        self, order_id: str, lines: Sequence[Line], allergens: Sequence[Allergen] = (), user: str = ""
    ) -> Accepted:
        """Add lines to a held order; empty line ids are filled in."""
        added = tuple(line if line.line_id else replace(line, line_id=self.new_id()) for line in lines)
        return await self._do(order_id, AddLines(added, tuple(allergens)), user)

    async def change(
        self,
        order_id: str,
        line_id: str,
        *,
        quantity_milli: int | None = None,
        modifiers: Sequence[Modifier] | None = None,
        notes: Sequence[Note] | None = None,
        total_minor: int | None = None,
        expected_version: int = 0,
        user: str = "",
    ) -> Accepted:
        """Set what is named, absolutely. `expected_version`: the order version the cashier saw; 0 takes the newest."""
        verb = ChangeLine(
            line_id,
            expected_version,
            quantity_milli,
            None if modifiers is None else tuple(modifiers),
            None if notes is None else tuple(notes),
            total_minor,
        )
        return await self._do(order_id, verb, user)

    async def change_order(
        self,
        order_id: str,
        *,
        notes: Sequence[Note] | None = None,
        guest: str | None = None,
        covers: int | None = None,
        due_at_ms: int | None = None,
        user: str = "",
    ) -> Accepted:
        """Set what is named of the order itself, absolutely; `due_at_ms` is unix time, and now is at once."""
        verb = ChangeOrder(None if notes is None else tuple(notes), guest, covers, due_at_ms)
        return await self._do(order_id, verb, user)

    async def void_lines(
        self, order_id: str, line_ids: Sequence[str], reason: str = "", user: str = ""
    ) -> Accepted:
        """Take lines back; the kitchen must acknowledge what it has begun."""
        return await self._do(order_id, VoidLines(tuple(line_ids), reason), user)

    async def void_order(self, order_id: str, reason: str = "", user: str = "") -> Accepted:
        """Take the whole order back."""
        return await self._do(order_id, VoidOrder(reason), user)

    async def rush(self, order_id: str, rush: bool = True, user: str = "") -> Accepted:
        """Let the order go first, or not any more."""
        return await self._do(order_id, Rush(rush), user)

    async def pay(
        self,
        order_id: str,
        paid_minor: int = 0,
        method: str = "",
        user: str = "",
        *,
        amount_minor: int = 0,
        partly: bool = False,
        payment_id: str = "",
        bill: str = "",
    ) -> Accepted:
        """One payment: of `amount_minor`, else what is missing to `paid_minor`, else the rest. `partly`: more is to come.

        `bill`: of that bill of a split one (`split_bill`); the order is paid with its last bill.
        """
        verb = MarkPaid(
            paid_minor,
            method,
            partly=partly,
            payment_id=payment_id or self.new_id(),
            amount_minor=amount_minor,
            business_date=await self._date(),
            bill=bill,
        )
        return await self._do(order_id, verb, user)

    async def picked_up(self, order_id: str, pick_up_point: str = "", user: str = "") -> Accepted:
        """Mark the order as fetched by its guest."""
        return await self._do(order_id, MarkPickedUp(pick_up_point), user)

    async def eighty_six(
        self, item_id: str, *, available: bool = False, name: Text = NO_TEXT, user: str = ""
    ) -> Accepted:
        """An item is out, or available again; every screen and till sees it within a second."""
        return await self._do("", EightySix(item_id, available, name), user)

    async def pause(self, until_ms: int, station: str = "", user: str = "") -> Accepted:
        """Pause the site or one station until a unix time, at most 12 h ahead: late alarms wait, tickets are shown."""
        return await self._do("", Pause(station, until_ms), user)

    async def resume(self, station: str = "", user: str = "") -> Accepted:
        """End a pause now."""
        return await self._do("", Pause(station, resume=True), user)

    async def close_station(self, station: str, to_station: str = "", user: str = "") -> Accepted:
        """It cooks no longer: its work moves to `to_station`, else to its equals or to all, and new work goes there too."""
        return await self._do("", CloseStation(station, to_station), user)

    async def open_station(self, station: str, user: str = "") -> Accepted:
        """It cooks again; what moved away stays where it is."""
        return await self._do("", OpenStation(station), user)
