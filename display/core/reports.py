"""What this screen reports as painted: after each flip, what is new on it, and what waits on a later page.

A ticket counts as painted at its order's version when every line of it was flipped at its present version and it stands
on the page; so a change on a later page is not called painted because an older picture of its ticket was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import is_

from display.core.board import TicketKey
from display.core.standing import History
from heard.revision import Epoch
from heard.stream import Behind, Painted
from heard.ticket import Ticket, TicketLine


class PaintReports:
    """Remembers what was reported, so that each thing is said once; a new connection is told the whole picture."""

    def __init__(self) -> None:
        self._shown: dict[str, int] = {}
        self._behind: dict[str, tuple[int, int]] = {}
        self._whole = True
        self._of: tuple[object, ...] = ()

    def connected(self) -> None:
        """A new stream began: it knows nothing of this screen."""
        self._whole = True

    def shown(self, ticket: Ticket) -> bool:
        """Whether the ticket was painted as it is now."""
        return self._shown.get(ticket.order.order_id) == ticket.version

    def unchanged(self, *of: object) -> bool:
        """Whether these very objects were reported on: `of` is all that `flipped` looks at. To be asked before each."""
        before, self._of = self._of, of
        return not self._whole and len(before) == len(of) and all(map(is_, before, of))

    def flipped(
        self,
        epoch: Epoch,
        tickets: Mapping[TicketKey, Ticket],
        order: Sequence[TicketKey],
        on_page: Iterable[TicketKey],
        history: History,
        said: Iterable[str] = (),
        needs: Callable[[TicketLine], bool] = lambda _line: True,
        *,
        covered: bool = False,
    ) -> Painted | None:
        """What to report after a flip; None for nothing new. `said`: orders whose change stood in the CHANGED row.

        `needs`: the lines that a ticket must show to count as painted. `covered`: a menu or list lies over tickets; what
        was painted before stays so, what came meanwhile is behind it.
        """
        page = set(on_page)
        row = set(said)
        shown: dict[str, int] = {}
        behind: dict[str, tuple[int, int]] = {}
        before = 0
        for key in order:
            ticket = tickets.get(key)
            if ticket is None:
                continue
            order_id, version = ticket.order.order_id, ticket.version
            known = covered and self.shown(ticket)
            on_page_now = key in page and _all_lines(ticket, history, needs)
            if known or order_id in row or on_page_now:
                shown.setdefault(order_id, version)
            else:
                behind.setdefault(order_id, (version, before))
            before += 1
        for order_id in behind:
            shown.pop(order_id, None)  # a second tile of the order is still to come
        whole, self._whole = self._whole, False
        if whole:
            self._shown, self._behind = {}, {}
        new = {
            order_id: version for order_id, version in shown.items() if self._shown.get(order_id) != version
        }
        later = {order_id: one for order_id, one in behind.items() if self._behind.get(order_id) != one}
        self._shown, self._behind = shown, behind
        if not (whole or new or later):
            return None
        return Painted(
            epoch,
            tuple(new.items()),
            tuple(Behind(order_id, version, n) for order_id, (version, n) in later.items()),
            whole,
        )


def _all_lines(ticket: Ticket, history: History, needs: Callable[[TicketLine], bool]) -> bool:
    painted = history.painted_lines(ticket.key)
    return all(painted.get(line.line.line_id) == line.at.version for line in ticket.lines if needs(line))
