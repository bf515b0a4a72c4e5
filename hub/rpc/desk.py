"""From a command to its durable answer: `needs` and `decide` of the core, carried to the store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias

from heard.command import AddLines, Answer, ChangeLine, Command, Hold, Outcome
from heard.errors import InvalidInput
from heard.menu import NO_MENU, Menu
from heard.why import why
from hub.core import identity, kitchen
from hub.core.decision import Decision, Docs, Key
from hub.core.identity import Expected
from hub.core.site import Site
from hub.core.site_verbs import is_site_command
from hub.rpc.services import Counters
from hub.store.seam import Committed, DecisionTooLarge, OutcomeUnknown, Store, StoreUnavailable

Result: TypeAlias = Answer | Expected | Exception
"""An Exception is StoreUnavailable or OutcomeUnknown: nothing is known to be stored, and nobody is answered."""
Told = Callable[[Result], None]
MenuFor = Callable[[Iterable[str], Iterable[str], str], Menu]
"""(ids of items, ids of modifiers, a table or "") -> what is known of them."""

HUB_FAILED = why("hub.failed", "the hub failed on this command; its log says why")

log = logging.getLogger("heard.rpc")


def no_menu(_item_ids: Iterable[str], _modifier_ids: Iterable[str], _table: str) -> Menu:
    """A hub without a catalogue: everything stays as the till said it."""
    return NO_MENU


def named_in(command: Command) -> tuple[list[str], list[str], str]:
    """Items, modifiers and the table that the command brings and a menu may know more of."""
    verb = command.verb
    if isinstance(verb, ChangeLine):
        return [], [one.modifier_id for one in verb.modifiers or ()], ""
    lines = verb.order.lines if isinstance(verb, Hold) else verb.lines if isinstance(verb, AddLines) else ()
    items = [line.item_id for line in lines if line.item_id]
    modifiers = [one.modifier_id for line in lines for one in line.modifiers if one.modifier_id]
    return items, modifiers, verb.order.table if isinstance(verb, Hold) and not verb.order.area else ""


class Desk:
    """Where all commands come in. Results are told on the event loop, after the commit that they rest on."""

    def __init__(
        self,
        store: Store,
        site: Callable[[], Site],
        counters: Counters,
        site_changed: Callable[[], None] = lambda: None,
        menu: MenuFor = no_menu,
    ) -> None:
        """`site_changed` is called after the commit of a command about the site, before its answer. `menu` gives what is known
        of these items and modifiers now; it fills what a command leaves empty."""
        self._store = store
        self._site = site
        self._counters = counters
        self._site_changed = site_changed
        self._menu = menu

    def submit(self, command: Command, told: Told) -> None:
        """Decides at once, in the order of the calls; `told` hears the durable result, never before this returns."""
        site = self._site()
        menu = self._menu(*named_in(command))
        if menu is not NO_MENU:
            site = replace(site, menu=menu)

        def decide(docs: Docs, now_ms: int) -> Decision | Expected:
            return kitchen.decide(docs, command, now_ms, site)

        def failed(error: Exception) -> None:
            if isinstance(error, DecisionTooLarge):
                self.reject(
                    command,
                    InvalidInput(command.verb.name, why("command.large", f"is too large: {error}")),
                    told,
                )
                return
            # A command that makes us fail must not come back for ever: it is refused, loudly.
            log.error("the core failed on %s of %s", command.verb.name, command.device, exc_info=error)
            self.reject(command, InvalidInput("", HUB_FAILED), told)

        self._counters.commands += 1
        self._submit(command, kitchen.needs(command), decide, told, failed)

    def reject(self, command: Command, error: InvalidInput, told: Told) -> None:
        """A command that can never be accepted consumes its seq as REJECTED(INVALID), so that it blocks nobody."""

        def decide(docs: Docs, now_ms: int) -> Decision | Expected:
            return kitchen.refuse(docs, command, now_ms, error)

        def failed(cause: Exception) -> None:
            log.error("a refusal cannot be stored", exc_info=cause)
            told(StoreUnavailable(HUB_FAILED))

        self._submit(command, identity.keys_of(command), decide, told, failed)

    def _submit(
        self,
        command: Command,
        keys: frozenset[Key],
        find: Callable[[Docs, int], Decision | Expected],
        told: Told,
        failed: Callable[[Exception], None],
    ) -> None:
        """`failed` hears what is a fault of the command or of ours, and tells."""
        early: list[Expected] = []

        def decide(docs: Docs, now_ms: int) -> Decision:
            early.clear()
            found = find(docs, now_ms)
            if isinstance(found, Expected):
                early.append(found)
                return Decision(None)
            return found

        def done(outcome: Committed | Exception) -> None:
            if isinstance(outcome, Committed):
                told(early[0] if early else self._counted(command, outcome))
            elif isinstance(outcome, StoreUnavailable | OutcomeUnknown):
                told(outcome)
            else:
                failed(outcome)

        self._store.submit_soon(keys, decide, done)

    def _counted(self, command: Command, committed: Committed) -> Answer:
        answer = committed.decision.answer
        assert answer is not None, "only a command that came too early has no answer"
        if answer.outcome is Outcome.REJECTED:
            self._counters.commands_rejected += 1
        elif isinstance(command.verb, Hold) and answer.outcome is Outcome.DONE:
            self._counters.holds += 1
        elif is_site_command(command):
            self._site_changed()
        return replace(answer, rev=committed.rev)
