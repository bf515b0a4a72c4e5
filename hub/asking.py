"""What every route of the API needs that is about an order or carries a command out."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from heard.command import Answer, Command, Outcome, Verb
from heard.errors import UserError
from heard.order import Order
from heard.wire import check_command
from hub.core.decision import DAY_KEY, BusinessDay, order_key
from hub.rpc.desk import Desk, Result
from hub.store.seam import OutcomeUnknown, Store, StoreUnavailable

DEVICE = "hub-command"


def order_named(store: Store, name: str) -> Order:
    """An order of today by its call number or id, an open one first. Raises UserError."""
    name = name.removeprefix("#")
    same = [one for one in store.open_orders() if name in (one.order_id, one.call_number)]
    if same:
        return max(same, key=lambda one: one.held_at_ms)
    found = store.get(order_key(name))
    if isinstance(found, Order):
        return found
    day = store.get(DAY_KEY)
    if isinstance(day, BusinessDay):
        for closed in store.closed_orders(day.date, search=name):
            if closed.call_number == name:
                return closed
    raise UserError(f"the hub has no order {name!r} today", "give its number or id; heard inspect lists them")


async def carried_out(desk: Desk, verb: Verb, user: str, order_id: str = "") -> dict[str, Any]:
    """The command stored and answered, as every command is. Raises UserError where it is refused."""
    command = Command(order_id, verb, command_id=f"api-{secrets.token_hex(12)}", device=DEVICE, user=user)
    told: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

    def answered(result: Result) -> None:
        if not told.done():
            told.set_result(result)

    desk.submit(check_command(command), answered)
    answer = await told
    if isinstance(answer, OutcomeUnknown):
        raise StoreUnavailable(str(answer)) from answer
    if isinstance(answer, Exception):
        raise answer
    assert isinstance(answer, Answer)
    if answer.outcome is Outcome.REJECTED:
        raise UserError(answer.message)
    return {"outcome": answer.outcome.name, "message": answer.message}
