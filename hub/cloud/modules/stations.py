"""Stations: the places with a screen, as the chain's office set them up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from heard.order import Text
from hub.cloud.modules.row import LANGUAGE, ORDER_TYPES, BadRow, Fields, ModuleSpec
from hub.config.printer import host_and_port
from hub.config.station_reader import TYPE_NAME_CHARACTERS_MAX, TYPE_NAMES_MAX

ROLES = ("prep", "expo", "board", "cart", "printer")
PAPER_MM = (80, 58)
ADDRESS_CHARACTERS_MAX = 120
GROUP_CHARACTERS_MAX = 32
AGE_S_MAX = 24 * 3600
AGES_MAX = len(ORDER_TYPES) + TYPE_NAMES_MAX
"""Of types of ours and words of tills."""
STATION = re.compile(r"[A-Za-z0-9_-]{1,32}")
"""As in the settings file: it stands in every line of every order."""


@dataclass(frozen=True, slots=True)
class RowAges:
    """Of one type of order, or of a till's own word for one."""

    order_type: str
    type_name: str
    warn_s: int
    late_s: int


@dataclass(frozen=True, slots=True)
class StationRow:
    """`role` prep cooks, printer prints, the others show. `address` of a printer; "" is for the hub's own file to say.

    Cooking stations of one `group` are equal. `languages`, `warn_s` and `late_s`: none, and 0, where the office says nothing.
    """

    station_id: str
    name: Text
    role: str
    address: str = ""
    paper_mm: int = PAPER_MM[0]
    group: str = ""
    languages: tuple[str, ...] = ()
    warn_s: int = 0
    late_s: int = 0
    ages: tuple[RowAges, ...] = ()


def _read(row_id: str, fields: Fields) -> StationRow:
    if not STATION.fullmatch(row_id):
        raise BadRow("its id is no id of a station: 1 to 32 letters, digits, - and _")
    role = fields.word("role", ROLES, default=None)
    address, paper_mm = fields.text("address", ADDRESS_CHARACTERS_MAX), fields.integer("paper_mm", 0)
    if role != "printer":
        if address or paper_mm:
            raise BadRow(f"address and paper_mm are of a printer, and its role is {role!r}")
        return _screen(row_id, role, fields)
    if address:
        try:
            host_and_port(address)
        except ValueError as error:
            raise BadRow(f"address is {address[:40]!r}: {error}") from None
    if paper_mm and paper_mm not in PAPER_MM:
        raise BadRow(f"paper_mm is {paper_mm}, not 80 or 58")
    return StationRow(row_id, fields.name(), role, address, paper_mm or PAPER_MM[0])


def _screen(row_id: str, role: str, fields: Fields) -> StationRow:
    group, languages = fields.text("group", GROUP_CHARACTERS_MAX), fields.ids("languages")
    warn_s, late_s = (fields.integer(name, 1, AGE_S_MAX) for name in ("warn_s", "late_s"))
    if group and (role != "prep" or not STATION.fullmatch(group)):
        raise BadRow("group is a word of stations that cook: 1 to 32 letters, digits, - and _")
    for one in languages:
        if not LANGUAGE.fullmatch(one):
            raise BadRow(f"languages has {one[:20]!r}, which is no language tag")
    ages = tuple(_ages(one) for one in fields.parts("ages", AGES_MAX))
    if sum(bool(one.type_name) for one in ages) > TYPE_NAMES_MAX:
        raise BadRow(f"ages has more than {TYPE_NAMES_MAX} with a type_name")
    if bool(warn_s) != bool(late_s) or warn_s > late_s or (late_s and warn_s == late_s):
        raise BadRow("warn_s and late_s belong together, and late comes after warn")
    return StationRow(
        row_id,
        fields.name(),
        role,
        group=group,
        languages=languages,
        warn_s=warn_s,
        late_s=late_s,
        ages=ages,
    )


def _ages(fields: Fields) -> RowAges:
    ages = RowAges(
        fields.word("order_type", ORDER_TYPES),
        fields.text("type_name", TYPE_NAME_CHARACTERS_MAX).strip(),
        *(fields.integer(name, 1, AGE_S_MAX, default=None) for name in ("warn_s", "late_s")),
    )
    if bool(ages.order_type) == bool(ages.type_name):
        raise BadRow("ages: give one of order_type and type_name")
    if "." in ages.type_name or ages.type_name.upper() in ORDER_TYPES:
        raise BadRow(f"ages: type_name is {ages.type_name[:40]!r}, which has a dot or is an order_type")
    if ages.warn_s >= ages.late_s:
        raise BadRow("ages: late comes after warn")
    return ages


MODULE = ModuleSpec("stations", _read, {})
