"""Heard: which station has painted which version of which order, and the alarm where none has. Pure; time is an argument.

A change asks to be heard only at the stations whose ticket it alters (`StationState.ticket_version`). A live screen that
painted that version or a newer one proves it; so does a cook's key on a line of that version. What is received but stands
on a later page is BEHIND, what waits for its course HELD_BACK, what the kitchen gets later SCHEDULED; nothing of these in 5 s is NOT_HEARD, the only state that
alarms: once per station when it begins, once when it ends. One event costs the stations of one order; only open orders
are remembered.

Longer than a room: one table of facts, and every event that changes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush

from heard.expo import EXPO, expo_card
from heard.order import Order, StationState
from heard.revision import NO_EPOCH, Epoch
from heard.stream import Alive, HeardState, HeardValue, Painted, SiteProfile
from heard.ticket import is_open
from hub.core.hearing_facts import (
    Alarm,
    Effect,
    Fact,
    Held,
    Note,
    NotHeard,
    Told,
    cook_of,
    ended_by_cook,
    note_of,
    open_at_of,
    parse_note,
    proof_of,
    void_answers,
)
from hub.core.hearing_words import all_seen_words, behind_words, not_heard_words
from hub.core.last_words import void_news
from hub.core.printing import PRINTER, was_printed
from hub.core.screens import Screens

NOT_HEARD_MS = 5_000
"""From the change to the alarm: a screen paints in 0.1 s, reconnects in 3 s."""
PRINTER_NOT_HEARD_MS = 20_000
"""Of a printer: paper takes some seconds, and a printer that is busy with another slip some more."""
GRACE_MS = 10_000
"""After a start of the hub: screens come back within 3 s, slow ones and their pictures somewhat later."""
UNHEARD = frozenset({HeardState.PENDING, HeardState.NOT_HEARD})
QUIET = frozenset({HeardState.BEHIND, HeardState.HELD_BACK, HeardState.SCHEDULED})
SETTLED = frozenset({HeardState.HEARD, HeardState.PRINTED, HeardState.MOOT})


class Hearing:
    """The facts about all open orders. Every method returns what is to be told, in order."""

    def __init__(self, now_ms: int, profile: SiteProfile, epoch: Epoch = NO_EPOCH) -> None:
        self.profile = profile
        self.screens = Screens()
        self.not_heard_total = 0
        self._epoch = epoch
        self._began_ms = now_ms
        self._grace_until_ms = now_ms + GRACE_MS
        self._orders: dict[str, Held] = {}
        self._of_terminal: dict[str, dict[str, None]] = {}
        self._due: list[tuple[int, str, str, int]] = []
        self._alarmed: dict[str, dict[str, None]] = {}
        self._quiet: dict[str, dict[str, None]] = {}

    # --- orders

    def restore(
        self, orders: Iterable[Order], notes: Iterable[tuple[str, bytes]], now_ms: int
    ) -> list[Effect]:
        """Takes in the open orders of a store and what was heard of them before; notes of other orders are deleted."""
        known = {order.order_id: order for order in orders if is_open(order)}
        effects: list[Effect] = []
        heard: dict[str, dict[str, int]] = {}
        for key, value in notes:
            if key in known:
                heard[key] = parse_note(value)
            else:
                effects.append(Note(key, None))
        for order_id, order in known.items():
            held = self._remember(order)
            proven = heard.get(order_id, {})
            for there in order.stations:
                fact = held.facts[there.station] = Fact(there.ticket_version, now_ms)
                fact.proven = min(proven.get(there.station, 0), order.version)
                self._ask(held, there, fact, now_ms, open_at_of(order), [])
        return effects

    def changed(self, old: Order | None, new: Order | None, now_ms: int) -> list[Effect]:
        """An order was committed; None for one that was not there before, or is no longer."""
        effects: list[Effect] = []
        order = new or old
        if order is None:
            return effects
        held = self._orders.get(order.order_id)
        if new is None or not is_open(new):
            if held is not None:
                self._forget(held, new, effects)
            elif new is not None:
                effects += void_news(new)
            return effects
        if held is None:
            held = self._remember(new)
        held.order = new
        actor = cook_of(new)
        open_at: dict[str, bool] | None = None
        for there in self._asked(new):
            fact = held.facts.get(there.station)
            same = fact is not None and fact.version == there.ticket_version
            if same and fact is not None and fact.state in SETTLED:
                continue
            open_at = self._open_at(new) if open_at is None else open_at
            if same and there.station in open_at:
                continue  # waits as before
            waited = fact is not None and fact.state in QUIET
            if fact is None:
                fact = held.facts[there.station] = Fact(there.ticket_version, now_ms)
            elif fact.version != there.ticket_version:
                if actor == there.station:
                    fact.proven = max(fact.proven, proof_of(old, new, there.station))
                self._supersede(fact, there.ticket_version, now_ms, by_cook=actor == there.station)
            self._ask(held, there, fact, now_ms, open_at, effects)
            if waited and fact.state is HeardState.PENDING:
                self._tell(held, there.station, fact, effects)  # from now on it counts
        effects += void_news(new)
        return effects

    def _asked(self, order: Order) -> tuple[StationState, ...]:
        """The stations that must hear this version. Once a screen of the pass has registered, it sees every change."""
        if not self.screens.registered(EXPO):
            return order.stations
        return (*order.stations, StationState(EXPO, ticket_version=order.version))

    def _open_at(self, order: Order) -> dict[str, bool]:
        found = open_at_of(order)
        if self.screens.registered(EXPO) and (card := expo_card(order)) is not None:
            found[EXPO] = not card.waiting_only
        return found

    def _remember(self, order: Order) -> Held:
        held = self._orders[order.order_id] = Held(order)
        if order.terminal:
            self._of_terminal.setdefault(order.terminal, {})[order.order_id] = None
        return held

    def _forget(self, held: Held, new: Order | None, effects: list[Effect]) -> None:
        order = held.order
        if new is not None:
            held.order = new
        for station, fact in held.facts.items():
            if fact.state not in SETTLED:
                ended = HeardState.MOOT if new is None else self._ended(new, station)
                self._settle(held, station, fact, ended, effects, note=False)
        if new is not None:
            effects += void_news(new)
        del self._orders[order.order_id]
        mine = self._of_terminal.get(order.terminal)
        if mine is not None:
            mine.pop(order.order_id, None)
            if not mine:
                del self._of_terminal[order.terminal]
        effects.append(Note(order.order_id, None))

    @staticmethod
    def _supersede(fact: Fact, version: int, now_ms: int, *, by_cook: bool) -> None:
        """The ticket changed: what was heard of the version before says nothing of this one.

        A cook's own key on what he had seen is nothing to be heard; the age of an unheard change stays its own.
        """
        heard_before = fact.state in SETTLED or fact.proven >= fact.version
        fact.version = version
        if by_cook and heard_before:
            fact.proven = max(fact.proven, version)
            return
        if fact.state not in UNHEARD:
            fact.state = HeardState.PENDING
            fact.asked_ms = now_ms
        fact.behind = 0

    def _ask(
        self,
        held: Held,
        there: StationState,
        fact: Fact,
        now_ms: int,
        open_at: dict[str, bool],
        effects: list[Effect],
    ) -> None:
        """Settles the fact where it can be, else waits for the screens."""
        station = there.station
        order = held.order
        if fact.proven >= fact.version:
            if fact.state is not HeardState.HEARD:
                self._settle(held, station, fact, HeardState.HEARD, effects)
            return
        if station not in open_at:
            self._settle(held, station, fact, self._ended(order, station), effects)
            return
        if fact.state not in UNHEARD:
            return
        if not open_at[station]:
            waits = HeardState.SCHEDULED if order.scheduled else HeardState.HELD_BACK
            self._wait_quietly(held, station, fact, waits, effects)
        elif fact.state is HeardState.PENDING:
            if self._on_paper(station):
                self._wait(order.order_id, station, fact, now_ms + PRINTER_NOT_HEARD_MS)
            elif not self.screens.registered(station) and now_ms >= self._grace_until_ms:
                self._alarm(held, station, fact, now_ms, effects)
            else:
                self._wait(order.order_id, station, fact, now_ms + NOT_HEARD_MS)

    def _on_paper(self, station: str) -> bool:
        found = self.profile.station(station)
        return found is not None and found.role == PRINTER

    def _ended(self, order: Order, station: str) -> HeardState:
        """What is known where nothing is left to be shown."""
        if self._on_paper(station) and was_printed(order, station):
            return HeardState.PRINTED
        return HeardState.HEARD if ended_by_cook(order, station) else HeardState.MOOT

    def _wait(self, order_id: str, station: str, fact: Fact, due_ms: int) -> None:
        if fact.queued_ms != fact.asked_ms:
            fact.queued_ms = fact.asked_ms
            heappush(self._due, (max(due_ms, self._grace_until_ms), order_id, station, fact.asked_ms))

    def _wait_quietly(
        self, held: Held, station: str, fact: Fact, state: HeardState, effects: list[Effect]
    ) -> None:
        self._clear(held, station, effects)
        fact.state = state
        self._quiet.setdefault(station, {})[held.order.order_id] = None
        self._tell(held, station, fact, effects)

    def _settle(
        self,
        held: Held,
        station: str,
        fact: Fact,
        state: HeardState,
        effects: list[Effect],
        *,
        note: bool = True,
    ) -> None:
        fact.state = state
        fact.behind = 0
        self._clear(held, station, effects)
        self._tell(held, station, fact, effects)
        if note and state is HeardState.HEARD:
            fact.proven = max(fact.proven, fact.version)
            effects.append(Note(held.order.order_id, note_of(held)))

    def _clear(self, held: Held, station: str, effects: list[Effect]) -> None:
        """This order no longer alarms nor waits quietly at the station."""
        order_id = held.order.order_id
        quiet = self._quiet.get(station)
        if quiet is not None:
            quiet.pop(order_id, None)
        alarmed = self._alarmed.get(station)
        if alarmed is None or order_id not in alarmed:
            return
        del alarmed[order_id]
        if not alarmed:
            del self._alarmed[station]
            effects.append(Alarm(station, False, all_seen_words(self.profile, station)))

    def _alarm(self, held: Held, station: str, fact: Fact, now_ms: int, effects: list[Effect]) -> None:
        order_id = held.order.order_id
        fact.state = HeardState.NOT_HEARD
        self.not_heard_total += 1
        first = station not in self._alarmed
        self._alarmed.setdefault(station, {})[order_id] = None
        words = not_heard_words(self.profile, station, held.order, now_ms - fact.asked_ms)
        self._tell(held, station, fact, effects, words["en"])
        if first:
            effects.append(Alarm(station, True, words, (order_id,)))

    # --- screens

    def screen_joined(self, device: str, station: str, *, counts: bool, now_ms: int) -> list[Effect]:
        """A screen watches this station; one that does not count (headless, for tools) proves nothing and is no screen."""
        if counts:
            self.screens.joined(device, station, now_ms)
        return []

    def screen_left(self, device: str, station: str, now_ms: int) -> list[Effect]:
        """Its stream ended. What it painted was painted; what it had on later pages counts no more."""
        return self._lost(self.screens.left(device, station, now_ms), now_ms)

    def alive(self, device: str, station: str, alive: Alive, now_ms: int) -> list[Effect]:
        """The paint loop of a screen runs, and its output is visible or not."""
        return self._lost(
            self.screens.alive(device, station, now_ms, visible=not alive.hidden and not alive.output_off),
            now_ms,
        )

    def painted(self, device: str, station: str, painted: Painted, now_ms: int) -> list[Effect]:
        """A screen reports what it flipped to the glass, and what it holds on later pages."""
        effects: list[Effect] = []
        if painted.epoch != self._epoch or not self.screens.proves(device, station, now_ms):
            return effects
        for order_id, version in painted.newly_shown:
            held = self._orders.get(order_id)
            fact = None if held is None else held.facts.get(station)
            if held is None or fact is None or version > held.order.version:
                continue
            fact.proven = max(fact.proven, version)
            if fact.proven >= fact.version and fact.state is not HeardState.HEARD:
                self._settle(held, station, fact, HeardState.HEARD, effects)
        for one in painted.behind:
            held = self._orders.get(one.order_id)
            fact = None if held is None else held.facts.get(station)
            if held is None or fact is None or fact.state in SETTLED or one.version < fact.version:
                continue
            if fact.state is not HeardState.BEHIND or fact.behind != one.before:
                fact.behind = one.before
                self._wait_quietly(held, station, fact, HeardState.BEHIND, effects)
        return effects

    def printed(self, order_id: str, station: str, version: int) -> list[Effect]:
        """A kitchen printer at the station has it on paper."""
        effects: list[Effect] = []
        held = self._orders.get(order_id)
        fact = None if held is None else held.facts.get(station)
        if held is not None and fact is not None and version >= fact.version and fact.state not in SETTLED:
            self._settle(held, station, fact, HeardState.PRINTED, effects)
        return effects

    def _lost(self, stations: Iterable[str], now_ms: int) -> list[Effect]:
        """These stations have no live screen any more: what was BEHIND there is only pending again."""
        effects: list[Effect] = []
        for station in stations:
            for order_id in list(self._quiet.get(station, {})):
                held = self._orders[order_id]
                fact = held.facts[station]
                if fact.state is HeardState.BEHIND:
                    del self._quiet[station][order_id]
                    fact.state, fact.asked_ms, fact.behind = HeardState.PENDING, now_ms, 0
                    self._wait(order_id, station, fact, now_ms + NOT_HEARD_MS)
                    self._tell(held, station, fact, effects)
        return effects

    # --- time

    def tick(self, now_ms: int) -> list[Effect]:
        """Time has passed; call it about once a second."""
        effects = self._lost(self.screens.tick(now_ms), now_ms)
        while self._due and self._due[0][0] <= now_ms:
            _, order_id, station, asked_ms = heappop(self._due)
            held = self._orders.get(order_id)
            fact = None if held is None else held.facts.get(station)
            if held is None or fact is None or fact.asked_ms != asked_ms:
                continue  # a later wait of its own stands in the queue
            fact.queued_ms = -1
            if fact.state is HeardState.PENDING:
                self._alarm(held, station, fact, now_ms, effects)
        return effects

    def next_due_ms(self) -> int | None:
        """When `tick` may have an alarm to raise; None: nothing is waited for."""
        return self._due[0][0] if self._due else None

    # --- what stands

    def values_for(self, terminal: str, now_ms: int) -> list[HeardValue]:
        """Everything about the open orders of a terminal, to be told when it connects."""
        found = []
        for order_id in self._of_terminal.get(terminal, {}):
            held = self._orders[order_id]
            for station, fact in held.facts.items():
                found.append(self._value(held, station, fact, self._words(held, station, fact, now_ms)))
        return found

    def state(self, order_id: str, station: str) -> HeardValue | None:
        """What is known of one order at one station; None for one that is not open there."""
        held = self._orders.get(order_id)
        fact = None if held is None else held.facts.get(station)
        return None if held is None or fact is None else self._value(held, station, fact, "")

    def alarms(self, now_ms: int) -> list[Alarm]:
        """The stations that alarm now, one line each, as told of their oldest unheard order."""
        found = []
        for station, order_ids in self._alarmed.items():
            held = self._orders[next(iter(order_ids))]
            words = not_heard_words(
                self.profile, station, held.order, now_ms - held.facts[station].asked_ms, len(order_ids) - 1
            )
            found.append(Alarm(station, True, words, tuple(order_ids)))
        return found

    def not_heard(self, now_ms: int) -> list[NotHeard]:
        """Every order that a station alarms for now, with what is known of its screens."""
        found = []
        for station, order_ids in self._alarmed.items():
            sent_ms = max(self._began_ms, self.screens.open_until_ms(station, now_ms))
            for order_id in order_ids:
                fact = self._orders[order_id].facts[station]
                found.append(NotHeard(order_id, station, fact.version, fact.proven, sent_ms))
        return found

    def counts(self) -> dict[str, int]:
        """How many facts stand in each state, for metrics."""
        found = {state.name: 0 for state in HeardState if state is not HeardState.UNSPECIFIED}
        for held in self._orders.values():
            for fact in held.facts.values():
                found[fact.state.name] += 1
        return found

    def _words(self, held: Held, station: str, fact: Fact, now_ms: int) -> str:
        if fact.state is HeardState.NOT_HEARD:
            return not_heard_words(self.profile, station, held.order, now_ms - fact.asked_ms)["en"]
        return behind_words(fact.behind) if fact.state is HeardState.BEHIND else ""

    def _value(self, held: Held, station: str, fact: Fact, words: str) -> HeardValue:
        order = held.order
        voided = void_answers(order, station)
        return HeardValue(order.order_id, station, fact.version, fact.state, fact.behind, words, voided)

    def _tell(self, held: Held, station: str, fact: Fact, effects: list[Effect], words: str = "") -> None:
        if not held.order.terminal:
            return
        if fact.state is HeardState.BEHIND:
            words = behind_words(fact.behind)
        effects.append(Told(held.order.terminal, self._value(held, station, fact, words)))
