"""The terminal itself: its link, journal and numbers, and what a cashier does with an order."""

from __future__ import annotations

import logging
import random as random_module
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Self

import heard
from heard.clock import Clock, SystemClock
from heard.command import Answer, Command, Hold, Verb
from heard.fiscal import Finish, FiscalDesk, Issued
from heard.ids import RANDOM_BITS, uuid7
from heard.link import LOOPBACK_PLAINTEXT, Applied, Credentials, Finder, JournalFile, Link, LinkState
from heard.numbering import FEW, FiscalPlan, Numbers, letter_of, numbers_from_text
from heard.offline_date import OfflineDate
from heard.order import Order
from heard.pos.kitchen_verbs import KitchenVerbs
from heard.pos.order_verbs import OrderVerbs
from heard.pos.own_journal import NUMBERS_KEY, begin_anew_where_copied
from heard.pos.shown_cart import ShownCart
from heard.pos.told import Told
from heard.pos.verbs import Accepted
from heard.preflight import PreflightResult
from heard.stream import Cart, Document, HeardValue, NumberLease, OutItems, SiteState, View, ViewKind

log = logging.getLogger(__name__)


class Terminal(OrderVerbs, KitchenVerbs, Told):
    """One till. `async with`, or `start` and `close`.

    `hub` is a fixed address; without one the hub is looked for on the network. `letter` stands before the terminal's own
    call numbers and must differ between tills; by default it follows the device's number (T1: A, T2: B). `fiscal` says how it numbers
    its fiscal documents (None: it issues none); `machine` is what tells it from a clone, found by itself where it is None.
    """

    def __init__(
        self,
        *,
        device: str,
        journal: Path,
        hub: str = "",
        finder: Finder | None = None,
        letter: str = "",
        fiscal: FiscalPlan | None = None,
        machine: str | None = None,
        credentials: Credentials = LOOPBACK_PLAINTEXT,
        clock: Clock | None = None,
        random: Random | None = None,
    ) -> None:
        super().__init__()
        self.device = device
        self._path = journal
        self._plan = fiscal
        self._machine = machine
        self._fiscal: FiscalDesk | None = None
        self._dating = OfflineDate()
        self._finder = finder or Finder(hub)
        self._letter = letter or letter_of(device)
        self._credentials = credentials
        self._clock: Clock = clock or SystemClock()
        # Ids must not repeat between tills that start in the same millisecond.
        self._random = random or random_module.SystemRandom()
        self._journal: JournalFile | None = None
        self._link: Link | None = None
        self._numbers = Numbers(self._letter)
        self._on_link: list[Callable[[LinkState], None]] = []
        self._on_answer: list[Callable[[Command, Answer], None]] = []
        self._cart = ShownCart(device, self._clock, self._show_cart)

    async def start(self) -> None:
        """Open the journal and begin to look for the hub; does not wait for it. UserError where the journal is unusable."""
        self._journal = await JournalFile.open(self._path, device=self.device)
        await begin_anew_where_copied(self._journal, self.device, self._plan or FiscalPlan(), self._machine)
        try:
            self._numbers = numbers_from_text(self._journal.kept.values.get(NUMBERS_KEY, ""), self._letter)
        except ValueError as error:
            log.error("the terminal goes on with its letter: %s", error)
        link = Link(
            device=self.device,
            view=View(ViewKind.TERMINAL, terminal=self.device),
            finder=self._finder,
            journal=self._journal,
            client=f"heard.pos/{heard.__version__}",
            credentials=self._credentials,
            clock=self._clock,
            random=self._random,
        )
        link.on_state(self._link_changed)
        link.on_applied(self._applied)
        link.on_answer(self._answered)
        try:
            await link.start()
        except BaseException:
            await self._journal.close()
            raise
        self._link = link
        link.lease_numbers(lambda: self._numbers.left, self._leased)
        if self._plan is not None:
            try:
                self._fiscal = FiscalDesk(link, self._journal, self.device, self._plan)
                await self._fiscal.start()
            except BaseException:
                await self.close()
                raise

    async def close(self) -> None:
        """Stop; what is in the journal stays there. Harmless when repeated."""
        await self._cart.close()
        if self._fiscal is not None:
            await self._fiscal.close()
        if self._link is not None:
            await self._link.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # What the till knows.

    @property
    def link(self) -> LinkState:
        """Whether the hub is there, and since when it is not."""
        return self._started().state

    @property
    def waiting(self) -> int:
        """Commands on this terminal's disk that no hub has answered yet."""
        return self._started().unanswered

    @property
    def orders(self) -> Mapping[str, Document]:
        """This terminal's open orders as the hub has them."""
        return self._started().documents

    @property
    def numbers_left(self) -> int:
        """Leased call numbers left; at 0 the terminal gives its letter and a count."""
        return self._numbers.left

    @property
    def fiscal(self) -> FiscalDesk:
        """The fiscal numbers: what is left, the segments, and what must be told of them. Only with a plan."""
        if self._fiscal is None:
            raise RuntimeError(
                "this terminal issues no fiscal numbers: give it a plan, `Terminal(fiscal=FiscalPlan())`"
            )
        return self._fiscal

    def on_link(self, listener: Callable[[LinkState], None]) -> None:
        """Called with each new state of the link."""
        self._on_link.append(listener)

    def on_answer(self, listener: Callable[[Command, Answer], None]) -> None:
        """Called with the hub's answer to a command; REJECTED must be told to the cashier."""
        self._on_answer.append(listener)

    def on_applied(self, listener: Callable[[Applied], None]) -> None:
        """Called after each batch that changed this terminal's orders; only once it is started."""
        self._started().on_applied(listener)

    # What the cashier does. Each returns when it is on this disk; InvalidInput names a wrong field, LinkError a full disk.

    async def hold(self, order: Order, user: str = "") -> Accepted:
        """Send an order to the kitchen. Empty ids of order and lines, terminal and call number are filled in."""
        order_id = order.order_id or self.new_id()
        number, values = order.call_number, None
        if not number:
            number, self._numbers = self._numbers.take(self._number_is_open)
            values = {NUMBERS_KEY: self._numbers.to_text()}
        held = replace(
            order,
            order_id=order_id,
            business_date=order.business_date or await self._date(),
            call_number=number,
            terminal=order.terminal or self.device,
            lines=tuple(
                line if line.line_id else replace(line, line_id=f"{order_id}.{place}")
                for place, line in enumerate(order.lines, start=1)
            ),
        )
        accepted = await self._do(order_id, Hold(held), user, values)
        return replace(accepted, call_number=number)

    async def issue(
        self,
        body: Mapping[str, Any],
        *,
        order_id: str = "",
        kind: str = "invoice",
        amount_minor: int = 0,
        currency: str = "",
        document_id: str = "",
        finish: Finish | None = None,
        user: str = "",
    ) -> Issued:
        """Issue a fiscal document: its number, without gap or repeat, and the document are on this disk in one transaction.

        `finish` puts what needs the number (a QR code, a signature) into the body; it runs on the journal's thread and must be
        quick. Raises NumbersExhausted in range mode without a block; then no invoice can be issued, and orders go on.
        """
        return await self.fiscal.issue(
            body,
            order_id=order_id,
            kind=kind,
            amount_minor=amount_minor,
            currency=currency,
            business_date=await self._date(),
            document_id=document_id,
            finish=finish,
            user=user,
            wall_ms=self._clock.wall_ms(),
        )

    async def command(self, order_id: str, verb: Verb, user: str = "") -> Accepted:
        """Any other verb."""
        return await self._do(order_id, verb, user)

    def show_cart(self, cart: Cart | None) -> None:
        """Show the cart on the guest's display, or nothing any more; never blocks, only the newest one is sent.

        `heard.cart.rung_up` makes one. CartMismatch for one that does not add up: then nothing is shown, for what stood
        there is old too. A cart without a revision gets the next one; a payment QR belongs to one revision.
        """
        self._cart.show(cart)

    async def begin_preflight(self, wait_s: int = 0) -> str:
        """Every screen paints, beeps and waits for a key, at most so long (0: a minute); joins one that runs. Its id.

        LinkError without a hub, or where it is refused."""
        run_id, _ = await self._started().begin_preflight(wait_s)
        return run_id

    async def preflight(self) -> PreflightResult:
        """The report of the one that runs, else of the last one. LinkError where there is none, or no hub."""
        return await self._started().preflight()

    def new_id(self) -> str:
        """A UUIDv7 for an order or a line."""
        return uuid7(self._clock.wall_ms(), self._random.getrandbits(RANDOM_BITS))

    @property
    def cart(self) -> Cart | None:
        """What the guest's display shows, as `show_cart` was given it; None: nothing."""
        return self._cart.cart

    def _show_cart(self, cart: Cart | None) -> None:
        self._started().show(f"cart:{self.device}", cart)

    def _started(self) -> Link:
        if self._link is None:
            raise RuntimeError("the terminal is not started: use `async with Terminal(...)`")
        return self._link

    async def _do(
        self, order_id: str, verb: Verb, user: str, values: dict[str, str] | None = None
    ) -> Accepted:
        command = await self._started().command(order_id, verb, user, values=values)
        return Accepted(order_id, command.seq)

    async def _date(self) -> str:
        """The business date to stamp where no hub can: "" while it is there."""
        link = self._started()
        if link.state.live:
            return ""
        return await self._dating.date(link, self._clock.wall_ms())

    def _number_is_open(self, number: str) -> bool:
        return any(
            getattr(document, "call_number", "") == number for document in self._started().documents.values()
        )

    def _leased(self, lease: NumberLease) -> None:
        before = self._numbers
        self._numbers = before.leased(lease)
        if self._numbers is not before and self._journal is not None:
            self._journal.set_value(NUMBERS_KEY, self._numbers.to_text())
            if self._numbers.left <= FEW:
                self._started().say_numbers()

    def _link_changed(self, state: LinkState) -> None:
        for listener in self._on_link:
            listener(state)

    def _answered(self, command: Command, answer: Answer) -> None:
        for listener in self._on_answer:
            listener(command, answer)

    def _applied(self, applied: Applied) -> None:
        for live in applied.live_values:
            value = live.value
            if isinstance(value, HeardValue):
                self._hear(value)
            elif isinstance(value, NumberLease):
                self._leased(value)
            elif isinstance(value, OutItems | SiteState):
                self._site_told(value)
        for order_id in applied.removes:
            self._heard.pop(order_id, None)
