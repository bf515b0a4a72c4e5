"""Keys that mean the same at a station and at the pass: FIRE, HOLD, 86 and PAUSE."""

from __future__ import annotations

from display.core.effects import Click, Effect, Last, Send
from display.core.keymap import Action, Press
from display.core.looking_back import LookingBack
from display.core.staged import PREFIX
from heard.command import EightySix, FireCourse, HoldCourse, Pause
from heard.order import LineState, Order, Text
from heard.stream import OutItems, SiteState
from heard.ticket import Ticket, TicketLine

PAUSE_MS = 15 * 60_000
"""What one press of PAUSE asks for; it ends by itself, or by the next press."""


class SiteIntents(LookingBack):
    """The shell's desk keeps `site`, `out` and `wall_ms` as they are now."""

    site: SiteState = SiteState()
    out: OutItems = OutItems()
    wall_ms: int = 0
    pauses: str = ""
    """The station that PAUSE pauses; "" is the whole site."""

    def _own(self, press: Press, now_s: float) -> tuple[Effect, ...]:
        match press.action:
            case Action.FIRE:
                return self._fire(now_s)
            case Action.HOLD:
                return self._hold(now_s)
            case Action.OUT:
                return self._eighty_six(now_s)
            case Action.PAUSE:
                return self._pause()
        return super()._own(press, now_s)

    def _fire(self, now_s: float) -> tuple[Effect, ...]:
        """The next course that waits."""
        ticket = self._chosen(now_s)
        return (Click(),) if ticket is None else self._fire_of(ticket, now_s)

    def _fire_of(self, ticket: Ticket, now_s: float) -> tuple[Effect, ...]:
        course = next_course(ticket.order)
        if course is None:
            self.say("say.nothing_held", now_s)
            return (Click(),)
        return (self._act(ticket, FireCourse(course), now_s, bumped=False),)

    def _hold(self, now_s: float) -> tuple[Effect, ...]:
        """The course that HOLD means waits again."""
        ticket = self._chosen(now_s)
        return (Click(),) if ticket is None else self._hold_of(ticket, now_s)

    def _hold_of(self, ticket: Ticket, now_s: float) -> tuple[Effect, ...]:
        course = self._course_to_hold(ticket)
        if not course:
            self.say("say.nothing_fired", now_s)
            return (Click(),)
        self.last = None  # UNDO means this key now, and FIRE takes it back: never the bump before it
        return (self._send(ticket, HoldCourse(course)),)

    def _course_to_hold(self, ticket: Ticket) -> int:
        """The selected line's course, else the last one of which nothing is begun; 0 is none."""
        courses = (
            line.line.course
            for line in ticket.lines
            if line.at.state is LineState.QUEUED and self._means(ticket, line)
        )
        return max(courses, default=0)

    def _eighty_six(self, now_s: float) -> tuple[Effect, ...]:
        """The selected line's item is out; pressed again, it is back. The verb names the wanted state."""
        found = self._line(now_s)
        if found is None or not found[1].line.item_id:
            return (Click(),)
        line = found[1].line
        return (self._out(line.item_id, line.name, now_s),)

    def is_out(self, item_id: str) -> bool:
        """Whether 86 says that there is no more of it."""
        return any(one.item_id == item_id for one in self.out.items)

    def _out(self, item_id: str, name: Text, now_s: float) -> Send:
        available = self.is_out(item_id)
        self._token += 1
        self.last = Last(self._token, now_s, ("", 0), bumped=False)
        self.say("say.back" if available else "say.out", now_s, name=name or item_id)
        return Send(self._token, "", EightySix(item_id, available, name))

    def _pause(self) -> tuple[Effect, ...]:
        """This station, or at the pass the site, is paused for a while; pressed again, it goes on."""
        self._token += 1
        if self.site.paused_until_ms(self.pauses) > self.wall_ms:
            return (Send(self._token, "", Pause(self.pauses, resume=True)),)
        return (Send(self._token, "", Pause(self.pauses, self.wall_ms + PAUSE_MS)),)

    def _chosen(self, now_s: float) -> Ticket | None:
        """The selected ticket as it stood there; None is said."""
        if self.selected is None:
            self.say("say.nothing_selected", now_s)
            return None
        if self.selected[0].startswith(PREFIX):
            self.say("say.staged", now_s)
            return None
        ticket, _ = self._standing(self.selected, now_s)
        if ticket is None:
            self._nothing(now_s)
        return ticket

    def _means(self, ticket: Ticket, line: TicketLine) -> bool:
        """Whether the selection means this line: it is that line, or the ticket as a whole."""
        return self.selected_line in ("", line.line.line_id)

    def _line(self, now_s: float) -> tuple[Ticket, TicketLine] | None:
        """The selected line, or the only one of the selected ticket; None is said."""
        ticket = self._chosen(now_s)
        if ticket is None:
            return None
        lines = [one for one in ticket.lines if self._means(ticket, one)]
        if len(lines) != 1:
            self.say("say.select_line", now_s)
            return None
        return ticket, lines[0]


def next_course(order: Order) -> int | None:
    """The first course that waits to be fired; 0 is what has no course, of a scheduled order."""
    held = [
        line.course
        for line in order.lines
        if not line.voided and any(at.state is LineState.WAITING and not at.step for at in line.stations)
    ]
    return min(held, default=None)
