"""How expo draws a card: what is missing by station, what is held, how much is done, and what goes into the bag."""

from __future__ import annotations

from display.core import palette as p
from display.core.aging import Age, Level, age
from display.core.blocks import Block, Painted, cut, fitting
from display.core.card import card_of
from display.core.card_blocks import (
    White,
    allergies,
    done_row,
    guest,
    held_row,
    listed,
    note,
    sign,
    void_line,
)
from display.core.card_header import (
    card_continued,
    card_header,
    card_ticking,
    card_waiting,
    header_rows,
)
from display.core.card_lines import missing_lines
from display.core.draw import Op
from display.core.header import Fit, Head, Header, Pill
from display.core.lines import Same, grouped
from display.core.look import Look
from display.core.paid import pays
from display.core.tiles import MORE_BOTTOM, Body
from heard.expo import ExpoCard, Progress, progress_of
from heard.order import ModifierKind, Order
from heard.stream import AgeLimits
from heard.ticket import Ticket, TicketLine

Lines = dict[Progress | None, list[TicketLine]]
"""A card's lines by how far they are."""


class ExpoStyle:
    """A card, as `tiles.Style` asks for it. `slots`: each has the key that selects it, where there are keys."""

    def __init__(self, *, slots: bool) -> None:
        self.slots = slots

    def age(self, ticket: Ticket, now_ms: int, limits: AgeLimits) -> Age:
        """How old it is; of a ready one how long it waits, which is neither hurry nor late."""
        if ticket.waiting_only or ticket.cancelled:
            return Age(0, Level.FRESH, 0.0)
        found = age(ticket.age_from_ms, now_ms, limits, ticket.due_ms)
        return Age(found.seconds, Level.FRESH, 1.0, found.until_ms) if card_of(ticket).ready else found

    def pill(self, ticket: Ticket, head: Head) -> Pill | None:
        """A card says it in its body."""
        return None

    def header(self, look: Look, w: int, ticket: Ticket, head: Head, rows_for: Fit) -> Header:
        return card_header(look, w, ticket, head, slots=self.slots)

    def ticking(self, look: Look, w: int, ticket: Ticket, head: Head, h: int) -> tuple[Op, ...]:
        return card_ticking(look, w, ticket, head, h)

    def continued(self, look: Look, w: int, ticket: Ticket, head: Head) -> Header:
        return card_continued(look, w, ticket, head, slots=self.slots)

    def waiting(self, look: Look, w: int, ticket: Ticket, head: Head, fires_at_ms: int) -> Header:
        return card_waiting(look, w, ticket, head, fires_at_ms, slots=self.slots)

    def body(
        self, look: Look, w: int, ticket: Ticket, pill: Pill | None, column_h: int, *, greyed: bool
    ) -> Body:
        t = look.theme
        card = card_of(ticket)
        some = bool(whites_of(card))
        repeated = fitting(look, column_h, lambda one: (self.whites(one, w, card),) if some else ())
        blocks = self.blocks(look, w, ticket, card, greyed=greyed)
        header_h = self.header_h(look, w, ticket)
        around = header_h + t.body_top + t.px(MORE_BOTTOM) + t.more_h
        room = max(column_h - around - sum(block.h for block in repeated), column_h // 3)
        return Body(
            style=self,
            ticket=ticket,
            w=w,
            repeated=repeated,
            blocks=tuple(piece for block in blocks for piece in cut(block, room)),
            foot=None,
            header_h=header_h,
            rows_for=Fit(pill),
            fires_at_ms=card.fires_at_ms,
        )

    # What a denser card and a strip draw in their own way

    def header_h(self, look: Look, w: int, ticket: Ticket) -> int:
        """The height of `header`."""
        t = look.theme
        return t.header_h + t.header_row_h * (
            len(header_rows(look, w, card_of(ticket), slots=self.slots)) - 1
        )

    def whites(self, look: Look, w: int, card: ExpoCard) -> Block:
        """The allergies, which stand on every part."""
        return allergies(look, w, whites_of(card), unconfirmed=card.unconfirmed)

    def blocks(self, look: Look, w: int, ticket: Ticket, card: ExpoCard, *, greyed: bool) -> list[Block]:
        """Everything below them."""
        return _blocks(look, w, ticket, card, slots=self.slots, greyed=greyed)


def whites_of(card: ExpoCard) -> list[White]:
    """Of the order, its seats and its lines; then what notes and modifiers say of an allergy."""
    order = card.order
    found = []
    for one in card.allergens:
        line = order.line(one.line_id) if one.line_id else None
        seat = one.seat or (line.seat if line is not None else "")
        found.append(White(one.name, one.allergen_id, seat, line.name if line is not None else None))
    found += [White(one.text) for one in order.notes if one.allergy]
    for line in card.allergy_lines:
        texts = [one.text for one in line.notes if one.allergy]
        texts += [one.name for one in line.modifiers if one.allergy or one.kind is ModifierKind.ALLERGY]
        found += [White(text, "", line.seat, line.name) for text in texts]
    return found


def _blocks(look: Look, w: int, ticket: Ticket, card: ExpoCard, *, slots: bool, greyed: bool) -> list[Block]:
    order = card.order
    blocks: list[Block] = []
    named = guest(look, w, card, slots=slots)
    if named is not None:
        blocks.append(named)
    if order.rider_here_at_ms:
        blocks.append(sign(look, w, "bike", "rider_here", p.RIDER_HERE_INK, p.RIDER_HERE))
    if order.rush and not card.cancelled:
        blocks.append(sign(look, w, "zap", "pill.RUSH", p.PILL_RUSH_INK, p.PILL_RUSH))
    blocks += [note(look, w, one.text) for one in order.notes if not one.allergy]
    by = grouped_lines(ticket)
    blocks += [void_line(look, w, same) for same in alike(look, order, by, Progress.VOIDED)]
    missing = by_station(look, card, alike(look, order, by, Progress.MISSING))
    blocks += missing_lines(look, w, missing, close=False, greyed=greyed)
    held = painted_of(by.get(Progress.HELD, []))
    if held:
        blocks.append(held_row(look, w, card, held))
    packed, pays_below = alike(look, order, by, Progress.PACK), False
    if card.ready:
        blocks += listed(look, w, "check", p.CHECK, alike(look, order, by, Progress.DONE), greyed=greyed)
    else:
        done = painted_of(by.get(Progress.DONE, []))
        pays_below = not done and bool(packed) and named is None and pays(order)
        row = done_row(look, w, card, done, paid=named is None and not pays_below)
        if row is not None:
            blocks.append(row)
    pays_for = order if pays_below else None
    return blocks + listed(
        look, w, "shopping-bag", p.LABEL, packed, greyed=greyed, packed=True, pays_for=pays_for
    )


def by_station(look: Look, card: ExpoCard, sames: list[Same]) -> list[tuple[Same, tuple[str, ...]]]:
    """What is missing with its stations, station by station in the order of the site's."""
    stations = {one.line.line_id: one.stations for one in card.missing}
    places = {station: n for n, station in enumerate(look.station_names)}

    def here(same: Same) -> tuple[str, ...]:
        return stations.get(same.one.line.line_id, ())

    ordered = sorted(sames, key=lambda same: [places.get(one, len(places)) for one in here(same)])
    return [(same, here(same)) for same in ordered]


def grouped_lines(ticket: Ticket) -> Lines:
    """The card's lines by how far they are."""
    by: Lines = {}
    for line in ticket.lines:
        by.setdefault(progress_of(line.line), []).append(line)
    return by


def alike(look: Look, order: Order, by: Lines, progress: Progress) -> list[Same]:
    """Those so far, identical ones in one."""
    return grouped(by.get(progress, []), order.allergens, look.group_identical)


def painted_of(lines: list[TicketLine]) -> tuple[Painted, ...]:
    """The lines with the versions that are painted."""
    return tuple(Painted(line.line.line_id, line.at.version) for line in lines)
