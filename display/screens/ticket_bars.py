"""What the bars of a ticket screen say: of its station, of what is not on the page, and of the newest order."""

from __future__ import annotations

from display.core.bars import TopBar
from display.core.bottom_bar import BottomBar
from display.core.header import number_of
from display.core.look import Look
from display.screens.elsewhere import Behind
from display.screens.scene import View
from heard.ticket import Ticket


def top_of(view: View, behind: Behind) -> TopBar:
    """The top bar of a view."""
    limits = view.profile.age_limits("")
    return TopBar(
        name=view.profile.name,
        station=view.profile.station,
        icon=view.profile.icon,
        link=view.link,
        clock=view.clock,
        oldest_s=view.oldest_s,
        oldest_late=view.oldest_s is not None and (view.late > 0 or view.oldest_s >= limits.late_s),
        late=view.late,
        waiting=behind.tickets,
        waiting_late=behind.late,
        business_date=view.business_date,
        at_least=view.suspect or not view.live,
        last_order=view.last_order,
        last_order_time=view.last_order_time,
        counts=view.counts,
        word=view.standing.word,
        out=view.standing.out,
        alarms=view.alarms,
        filtered=view.filtered,
    )


def bottom_of(view: View, pages: int, page: int, behind: Behind) -> BottomBar:
    """The bottom bar of a view."""
    return BottomBar(
        hints=view.hints,
        page=page,
        pages=pages,
        waiting=behind.tickets + view.under,
        waiting_oldest_min=behind.oldest_s // 60,
        waiting_late=behind.late,
        waiting_rush=behind.rush,
        waiting_allergy=behind.allergy,
        at_least=not view.live,
        say=view.say,
        said_again=view.said_again,
        changed=view.changed,
        touch=view.touch,
    )


def last_order(tickets: tuple[Ticket, ...], look: Look) -> tuple[str, str]:
    """Number and time of the newest order on the screen, for the NOT LIVE bar."""
    if not tickets:
        return "", ""
    newest = max(tickets, key=lambda ticket: ticket.order.held_at_ms)
    return number_of(newest, look), look.fires_at(newest.order.held_at_ms)
