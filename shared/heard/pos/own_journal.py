"""A terminal's own journal as it is opened: a copy of another's begins anew before anything is sent or numbered."""

from __future__ import annotations

import asyncio
import logging

from heard.copied import MACHINE_KEY, mark_path, read_mark, why_copied
from heard.errors import LinkError, UserError
from heard.fiscal import BOOK_KEY
from heard.link import JournalFile
from heard.machine import machine_id
from heard.numbering import FiscalPlan, book_from_text

log = logging.getLogger(__name__)

NUMBERS_KEY = "numbers"
"""Where the call numbers stand in the journal."""


async def begin_anew_where_copied(
    journal: JournalFile, device: str, plan: FiscalPlan, machine: str | None
) -> None:
    """A copied journal gets a new incarnation, and no call numbers of the other. UserError (and closed) where it is damaged."""
    machine = machine if machine is not None else await asyncio.to_thread(machine_id)
    mark = await asyncio.to_thread(read_mark, mark_path(journal.path))
    values = dict(journal.kept.values)
    try:
        book = book_from_text(values.get(BOOK_KEY, ""), device, plan)
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
