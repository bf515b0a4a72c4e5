"""A POS terminal: the Python client of a hub, and the reference for clients in other languages.

Journal first: `hold` and the others return when the command is on this terminal's disk, hub or no hub; it is sent by itself,
in order, once, and again to a hub that was restored. The till knows at each moment whether the hub is there (`link`), how
many commands wait for it (`waiting`), and what the kitchen has of each order (`heard`).

    async with Terminal(device="T1", journal=Path("t1.journal")) as till:
        accepted = await till.hold(Order("", lines=(Line("", name={"en": "Burger"}),)))
        print("Your number is", accepted.call_number)
"""

from __future__ import annotations

import asyncio
import logging
import random as random_module
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from types import MappingProxyType, TracebackType
from typing import Any, Self

import heard
from heard.cart import check_sums
from heard.clock import Clock, SystemClock
from heard.command import (
    AddLines,
    Answer,
    ChangeLine,
    Command,
    EightySix,
    Hold,
    MarkPaid,
    MarkPickedUp,
    Pause,
    Rush,
    Verb,
    VoidLines,
    VoidOrder,
)
from heard.copied import MACHINE_KEY, mark_path, read_mark, why_copied
from heard.errors import LinkError, UserError
from heard.fiscal import BOOK_KEY, Finish, FiscalDesk, Issued
from heard.ids import RANDOM_BITS, uuid7
from heard.link import LOOPBACK_PLAINTEXT, Applied, Credentials, Finder, JournalFile, Link, LinkState
from heard.machine import machine_id
from heard.numbering import FEW, FiscalPlan, Numbers, book_from_text, letter_of, numbers_from_text
from heard.offline_date import OfflineDate
from heard.order import NO_TEXT, Allergen, Line, Modifier, Note, Order, Text
from heard.pos_verbs import Accepted as Accepted
from heard.pos_verbs import KitchenVerbs
from heard.stream import (
    Cart,
    CartState,
    Document,
    HeardValue,
    ItemAvailability,
    NumberLease,
    OutItems,
    SiteState,
    View,
    ViewKind,
)
from heard.wire import check_cart

log = logging.getLogger(__name__)

CART_EVERY_S = 1.0
"""A shown cart is sent again each second: without it for 3 s a screen takes its QR code down."""
PAID_SHOWN_S = 30.0
"""A paid cart is taken back after this, should the till forget: the next guest must not see it. Screens do it sooner."""
HEARD_ORDERS_MAX = 5_000
"""Orders whose heard states are kept; the oldest goes first."""
NUMBERS_KEY = "numbers"


class Terminal(KitchenVerbs):
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
        self._heard: dict[str, dict[str, HeardValue]] = {}
        self._on_heard: list[Callable[[HeardValue], None]] = []
        self._out = OutItems()
        self._site = SiteState()
        self._on_site: list[Callable[[], None]] = []
        self._on_link: list[Callable[[LinkState], None]] = []
        self._on_answer: list[Callable[[Command, Answer], None]] = []
        self._cart: Cart | None = None
        self._cart_revision = 0
        self._paid_at_s = 0.0
        self._cart_task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the journal and begin to look for the hub; does not wait for it. UserError where the journal is unusable."""
        self._journal = await JournalFile.open(self._path, device=self.device)
        await self._begin_anew_where_copied(self._journal)
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
        if self._cart_task is not None:
            self._cart_task.cancel()
            await asyncio.gather(self._cart_task, return_exceptions=True)
            self._cart_task = None
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

    def heard(self, order_id: str) -> Mapping[str, HeardValue]:
        """What each station's screen has of the order, by station; empty while the hub has said nothing."""
        return MappingProxyType(self._heard.get(order_id, {}))

    def on_heard(self, listener: Callable[[HeardValue], None]) -> None:
        """Called with each change of a heard state; NOT_HEARD is the one to show loudly."""
        self._on_heard.append(listener)

    @property
    def out(self) -> Mapping[str, ItemAvailability]:
        """What is out now (86), by item id; an order with it is taken all the same, and its answer's message says so."""
        return MappingProxyType({one.item_id: one for one in self._out.items})

    @property
    def site(self) -> SiteState:
        """Closed and paused stations; `site.paused_until_ms("")` is above 0 while the whole site is paused."""
        return self._site

    def on_site(self, listener: Callable[[], None]) -> None:
        """Called when `out` or `site` changed."""
        self._on_site.append(listener)

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
    ) -> Accepted:
        """One payment: of `amount_minor`, else what is missing to `paid_minor`, else the rest. `partly`: more is to come."""
        verb = MarkPaid(
            paid_minor,
            method,
            partly=partly,
            payment_id=payment_id or self.new_id(),
            amount_minor=amount_minor,
            business_date=await self._date(),
        )
        return await self._do(order_id, verb, user)

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

    async def command(self, order_id: str, verb: Verb, user: str = "") -> Accepted:
        """Any other verb."""
        return await self._do(order_id, verb, user)

    def show_cart(self, cart: Cart | None) -> None:
        """Show the cart on the guest's display, or nothing any more; never blocks, only the newest one is sent.

        `heard.cart.rung_up` makes one. CartMismatch for one that does not add up: then nothing is shown, for what stood
        there is old too. A cart without a revision gets the next one; a payment QR belongs to one revision.
        """
        shown = None
        try:
            if cart is not None:
                check_sums(cart)
                shown = self._revised(check_cart(replace(cart, terminal=self.device)))
        finally:
            self._cart = shown
            self._started().show(self._cart_key, shown)
        if self._cart is not None and self._cart_task is None:
            self._cart_task = asyncio.create_task(self._keep_cart(), name="heard-cart")

    def new_id(self) -> str:
        """A UUIDv7 for an order or a line."""
        return uuid7(self._clock.wall_ms(), self._random.getrandbits(RANDOM_BITS))

    @property
    def cart(self) -> Cart | None:
        """What the guest's display shows, as `show_cart` was given it; None: nothing."""
        return self._cart

    @property
    def _cart_key(self) -> str:
        return f"cart:{self.device}"

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

    async def _begin_anew_where_copied(self, journal: JournalFile) -> None:
        """A copied journal gets a new incarnation before anything is sent or numbered, and no call numbers of the other."""
        machine = self._machine if self._machine is not None else await asyncio.to_thread(machine_id)
        mark = await asyncio.to_thread(read_mark, mark_path(journal.path))
        values = dict(journal.kept.values)
        try:
            book = book_from_text(values.get(BOOK_KEY, ""), self.device, self._plan or FiscalPlan())
        except ValueError as error:
            await journal.close()
            raise UserError(
                f"the journal {journal.path}: {error}", "set it aside; a new one begins a new incarnation", 1
            ) from error
        why = why_copied(values, book, machine, mark)
        if why:
            log.error("%s; the till begins a new incarnation", why)
            await journal.renew(answered_too=False, told=lambda _kept, _seqs: None)
            journal.set_value(NUMBERS_KEY, "")
        if machine and values.get(MACHINE_KEY) != machine:
            journal.set_value(MACHINE_KEY, machine)
        try:
            await journal.save()
        except LinkError as error:
            log.warning("%s", error.what)  # a full disk: what was held is sent all the same
        journal.refresh()

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

    def _hear(self, value: HeardValue) -> None:
        states = self._heard.setdefault(value.order_id, {})
        if states.get(value.station) == value:
            return
        states[value.station] = value
        if len(self._heard) > HEARD_ORDERS_MAX:
            del self._heard[next(iter(self._heard))]
        for listener in self._on_heard:
            listener(value)

    def _revised(self, cart: Cart) -> Cart:
        if cart.state is CartState.PAID and (self._cart is None or self._cart.state is not CartState.PAID):
            self._paid_at_s = self._clock.monotonic()
        self._cart_revision = max(self._cart_revision + 1, cart.cart_revision)
        return replace(cart, cart_revision=cart.cart_revision or self._cart_revision)

    def _site_told(self, value: OutItems | SiteState) -> None:
        if value in (self._out, self._site):
            return
        if isinstance(value, OutItems):
            self._out = value
        else:
            self._site = value
        for listener in self._on_site:
            listener()

    async def _keep_cart(self) -> None:
        while True:
            await asyncio.sleep(CART_EVERY_S)
            cart = self._cart
            if cart is None:
                continue
            if cart.state is CartState.PAID and self._clock.monotonic() - self._paid_at_s >= PAID_SHOWN_S:
                self._cart = cart = None
            self._started().show(self._cart_key, cart)
