"""From a TOML file to a Config. Types and unknown keys are the library's rules; what a value may be stands here."""

from __future__ import annotations

import difflib
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from heard import config as toml
from heard.errors import UserError
from heard.order import NO_TEXT, Text
from heard.station import ROLES
from heard.stream import AgeLimits
from hub.config.cloud_url import CLOUD_HUB_ID, CLOUD_URL_HINT, cloud_url_error
from hub.config.lines import Lines
from hub.config.lines import Path as Keys
from hub.config.model import (
    DIGITS,
    ORDER_TYPES,
    CallNumbers,
    Cloud,
    Config,
    Kitchen,
    Network,
    Retention,
    Station,
)
from hub.config.printer import host_and_port
from hub.config.screens import PAUSES_MAX, PauseTable, ScreenTable, screen_settings, timed_pause
from hub.core.routing import Rule
from hub.core.stations import TimedPause
from hub.core.sync_graph import PROFILES

NEAREST_CUTOFF = 0.5
STATIONS_MAX = 48
"""Each line of an order carries its stations, and a decision must stay small; the largest kitchens have about twenty."""
NAME_CHARACTERS_MAX = 120
CALL_NUMBERS_MIN = 100
"""Fewer cannot be free for 12 hours in any kitchen that needs a hub."""
CALL_NUMBER_MAX = 999_999
LANGUAGES_MAX = 8
LEAD_MIN_MAX = 24 * 60
PAPER_MM = (80, 58)
PRINTER_HINT = 'write where it is: address = "10.0.0.9" or "10.0.0.9:9100"'
RELEASE_PER_MIN_MAX = 600
"""Ten a second is more than any station starts."""

_DEFAULT = Config()


@dataclass(frozen=True, slots=True)
class _Site:
    name: str = _DEFAULT.site_name
    languages: tuple[str, ...] = _DEFAULT.languages
    digits: str = _DEFAULT.digits
    time_zone: str = _DEFAULT.time_zone
    allergy_words: tuple[str, ...] = _DEFAULT.allergy_words


@dataclass(frozen=True, slots=True)
class _BusinessDay:
    cut_off_hour: int = _DEFAULT.cut_off_hour
    keep_86: bool = _DEFAULT.keep_86


@dataclass(frozen=True, slots=True)
class _Store:
    data: Path = _DEFAULT.data
    log_hours: int = _DEFAULT.retention.log_hours
    log_revisions: int = _DEFAULT.retention.log_revisions
    closed_orders_days: int = _DEFAULT.retention.closed_orders_days
    backup_every_min: int = _DEFAULT.retention.backup_every_min
    backups_kept: int = _DEFAULT.retention.backups_kept
    archive_days: int = _DEFAULT.retention.archive_days


@dataclass(frozen=True, slots=True)
class _Ages:
    warn_s: int = AgeLimits().warn_s
    late_s: int = AgeLimits().late_s


@dataclass(frozen=True, slots=True)
class _Station:
    name: Any = ""
    role: str = "prep"
    icon: str = ""
    languages: tuple[str, ...] = ()
    ages: Mapping[str, _Ages] = field(default_factory=dict)
    group: str = ""
    screen: ScreenTable = field(default_factory=ScreenTable)
    release_per_min: int = 0
    address: str = ""
    paper_mm: int = 80
    backup: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Route:
    stations: tuple[str, ...]
    items: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    order_types: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    terminals: tuple[str, ...] = ()
    type_names: tuple[str, ...] = ()
    then: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _File:
    """The file's own shape."""

    site: _Site = _Site()
    network: Network = _DEFAULT.network
    store: _Store = _Store()
    business_day: _BusinessDay = _BusinessDay()
    call_numbers: CallNumbers = _DEFAULT.call_numbers
    kitchen: Kitchen = _DEFAULT.kitchen
    cloud: Cloud = _DEFAULT.cloud
    stations: Mapping[str, _Station] = field(default_factory=dict)
    routes: tuple[_Route, ...] = ()
    pauses: tuple[PauseTable, ...] = ()


def load_config(path: Path) -> Config:
    """The settings of that file. Raises UserError naming the line."""
    table = toml.read_toml(path)
    return read_config(table, path.read_text(encoding="utf-8"), str(path))


def read_config(table: Mapping[str, Any], text: str, source: str) -> Config:
    """The settings in `table`, whose `text` is used to name lines; "": no file, keys alone are named. Raises UserError."""
    return _Reader(Lines(text) if text else None, source).read(table)


def shape_of(table: Mapping[str, Any]) -> Any:
    """The same table as a dataclass of the file's own shape, every default filled in. Raises UserError."""
    return toml.build(_File, table, "")


class WrongSetting(UserError):
    """A value that a key may not have; `keys` is the key's path."""

    def __init__(self, what: str, hint: str, keys: Keys) -> None:
        super().__init__(what, hint)
        self.keys = keys


class _Reader:
    def __init__(self, lines: Lines | None, source: str) -> None:
        self._lines = lines
        self._source = source

    def read(self, table: Mapping[str, Any]) -> Config:
        try:
            file: _File = toml.build(_File, table, self._source)
        except UserError as error:
            raise self._with_line(error) from error
        site = file.site
        stations = self._stations(file.stations, site.languages) or _DEFAULT.stations
        self._site(site)
        self._network(file.network)
        self._range(("business_day", "cut_off_hour"), file.business_day.cut_off_hour, 0, 23)
        self._range(("store", "log_hours"), file.store.log_hours, 1, 24 * 60)
        self._range(("store", "log_revisions"), file.store.log_revisions, 1_000, 10_000_000)
        self._range(("store", "closed_orders_days"), file.store.closed_orders_days, 2, 4_000)
        self._range(("store", "backup_every_min"), file.store.backup_every_min, 0, 7 * 24 * 60)
        self._range(("store", "backups_kept"), file.store.backups_kept, 1, 100)
        self._range(("store", "archive_days"), file.store.archive_days, 0, 400)
        self._range(("kitchen", "lead_min"), file.kitchen.lead_min, 0, LEAD_MIN_MAX)
        self._range(("kitchen", "release_per_min"), file.kitchen.release_per_min, 0, RELEASE_PER_MIN_MAX)
        self._numbers(file.call_numbers)
        self._cloud(file.cloud)
        return Config(
            site_name=site.name,
            languages=site.languages,
            digits=site.digits,
            time_zone=site.time_zone,
            allergy_words=site.allergy_words,
            cut_off_hour=file.business_day.cut_off_hour,
            keep_86=file.business_day.keep_86,
            pauses=self._pauses(file.pauses, stations),
            data=file.store.data,
            network=file.network,
            call_numbers=file.call_numbers,
            kitchen=file.kitchen,
            retention=Retention(
                file.store.log_hours,
                file.store.log_revisions,
                file.store.closed_orders_days,
                file.store.backup_every_min,
                file.store.backups_kept,
                file.store.archive_days,
            ),
            cloud=file.cloud,
            stations=stations,
            routes=tuple(self._route(index, route, stations) for index, route in enumerate(file.routes)),
            source=self._source,
            table=table,
        )

    def _wrong(self, keys: Keys, what: str, hint: str = "") -> UserError:
        place = "" if self._lines is None else f"{self._source}, line {self._lines.of(keys)}: "
        return WrongSetting(f"{place}{_dotted(keys)} {what}", hint, keys)

    def _with_line(self, error: UserError) -> UserError:
        """The library names the key, in full; here its line is added."""
        what = error.what.removeprefix(f"{self._source}: ")
        if self._lines is None:
            return UserError(what, error.hint, error.exit_code)
        found = [keys for keys in self._lines.paths() if _named_in(_dotted(keys), what)]
        if not found:
            return error
        line = self._lines.of(max(found, key=lambda keys: len(_dotted(keys))))
        return UserError(f"{self._source}, line {line}: {what}", error.hint, error.exit_code)

    def _range(self, keys: Keys, value: int, low: int, high: int) -> None:
        if not low <= value <= high:
            raise self._wrong(keys, f"is {value}", f"write a whole number from {low} to {high}")

    def _one_of(self, keys: Keys, value: str, words: Iterable[str]) -> None:
        known = list(words)
        if value in known:
            return
        nearest = difflib.get_close_matches(value, known, n=1, cutoff=NEAREST_CUTOFF)
        more = f"; did you mean {nearest[0]!r}?" if nearest else ""
        raise self._wrong(keys, f"is {value!r}", f"write one of: {', '.join(known)}{more}")

    def _site(self, site: _Site) -> None:
        if not 1 <= len(site.name) <= NAME_CHARACTERS_MAX:
            raise self._wrong(
                ("site", "name"), f"has {len(site.name)} characters", f"write 1 to {NAME_CHARACTERS_MAX}"
            )
        self._languages(("site", "languages"), site.languages, required=True)
        self._one_of(("site", "digits"), site.digits, DIGITS)
        if site.time_zone:
            try:
                zoneinfo.ZoneInfo(site.time_zone)
            except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
                nearest = difflib.get_close_matches(
                    site.time_zone, zoneinfo.available_timezones(), n=1, cutoff=NEAREST_CUTOFF
                )
                raise self._wrong(
                    ("site", "time_zone"),
                    f"is {site.time_zone!r}, which this machine does not know",
                    f"did you mean {nearest[0]!r}?" if nearest else 'write a name such as "Asia/Riyadh"',
                ) from None

    def _languages(self, keys: Keys, languages: tuple[str, ...], *, required: bool = False) -> None:
        if required and not languages:
            raise self._wrong(keys, "is empty", 'write at least one language, such as ["en"]')
        if len(languages) > LANGUAGES_MAX:
            raise self._wrong(keys, f"has {len(languages)} languages", f"write at most {LANGUAGES_MAX}")
        for tag in languages:
            if not tag or len(tag) > 16 or not tag.replace("-", "").isalnum() or not tag.isascii():
                raise self._wrong(keys, f"holds {tag!r}", 'write language tags such as "en", "ar", "pt-BR"')

    def _network(self, network: Network) -> None:
        self._range(("network", "port"), network.port, 0, 65_535)
        self._range(("network", "admin_port"), network.admin_port, 0, 65_535)
        if network.port and network.port == network.admin_port:
            raise self._wrong(("network", "admin_port"), "is the same as port", "give each a port of its own")
        if not network.host or any(c in network.host for c in " /?#@[]"):
            raise self._wrong(
                ("network", "host"), f"is {network.host!r}", "write a name or an address of this machine"
            )

    def _numbers(self, numbers: CallNumbers) -> None:
        self._range(("call_numbers", "first"), numbers.first, 1, CALL_NUMBER_MAX)
        self._range(("call_numbers", "last"), numbers.last, 1, CALL_NUMBER_MAX)
        if numbers.last - numbers.first + 1 < CALL_NUMBERS_MIN:
            raise self._wrong(
                ("call_numbers", "last"),
                f"leaves {max(0, numbers.last - numbers.first + 1)} numbers",
                f"leave at least {CALL_NUMBERS_MIN}: no number comes again within 12 hours",
            )

    def _cloud(self, cloud: Cloud) -> None:
        self._one_of(("cloud", "profile"), cloud.profile, PROFILES)
        self._range(("cloud", "poll_interval_s"), cloud.poll_interval_s, 5, 86_400)
        if not cloud.url:
            return
        wrong = cloud_url_error(cloud.url)
        if wrong:
            raise self._wrong(("cloud", "url"), f"is {cloud.url!r}: {wrong}", CLOUD_URL_HINT)
        if not CLOUD_HUB_ID.fullmatch(cloud.hub):
            raise self._wrong(
                ("cloud", "hub"),
                f"is {cloud.hub!r}",
                "write the id that the cloud gave this hub: letters, digits and . _ : @ + -",
            )

    def _stations(self, stations: Mapping[str, _Station], site: tuple[str, ...]) -> tuple[Station, ...]:
        if len(stations) > STATIONS_MAX:
            raise self._wrong(("stations",), f"has {len(stations)} stations", f"at most {STATIONS_MAX}")
        found = []
        for station, one in stations.items():
            keys: Keys = ("stations", station)
            if (
                not station.isascii()
                or not station.replace("-", "").replace("_", "").isalnum()
                or len(station) > 32
            ):
                raise self._wrong(keys, "is no id of a station", "use 1 to 32 letters, digits, - and _")
            self._one_of((*keys, "role"), one.role, ROLES)
            self._languages((*keys, "languages"), one.languages)
            self._range((*keys, "release_per_min"), one.release_per_min, 0, RELEASE_PER_MIN_MAX)
            if len(one.icon) > 32:
                raise self._wrong((*keys, "icon"), "is longer than 32 characters", "write an icon's name")
            found.append(
                Station(
                    station,
                    self._name((*keys, "name"), one.name, (one.languages or site)[0]),
                    one.role,
                    one.icon,
                    one.languages,
                    self._ages(keys, one.ages),
                    self._group((*keys, "group"), one, stations),
                    screen_settings((*keys, "screen"), one.screen, self._one_of, self._wrong),
                    one.release_per_min,
                    self._address(keys, one),
                    one.paper_mm,
                    self._backup(keys, station, one, stations),
                )
            )
        if stations and not any(one.role == "prep" for one in found):
            raise self._wrong(("stations",), "has no station that cooks", 'give at least one the role "prep"')
        return tuple(found)

    def _address(self, keys: Keys, one: _Station) -> str:
        if one.role != "printer":
            if one.address:
                raise self._wrong(
                    (*keys, "address"), f"is {one.address!r}", 'only a "printer" has an address'
                )
            return ""
        if not one.address:
            raise self._wrong((*keys, "role"), "is a printer without an address", PRINTER_HINT)
        try:
            host_and_port(one.address)
        except ValueError as error:
            raise self._wrong((*keys, "address"), f"is {one.address!r}: {error}", PRINTER_HINT) from None
        if one.paper_mm not in PAPER_MM:
            raise self._wrong((*keys, "paper_mm"), f"is {one.paper_mm}", "write 80 or 58")
        return one.address

    def _backup(
        self, keys: Keys, station: str, one: _Station, stations: Mapping[str, _Station]
    ) -> tuple[str, ...]:
        makers = [name for name, other in stations.items() if other.role in ("prep", "printer")]
        if one.backup and station not in makers:
            raise self._wrong(
                (*keys, "backup"),
                f"is of a station of role {one.role!r}",
                "only what makes something has one",
            )
        for place, name in enumerate(one.backup):
            if name == station or name in one.backup[:place]:
                what = "itself" if name == station else f"{name!r} twice"
                raise self._wrong((*keys, "backup"), f"names {what}", "name other stations, each once")
            self._one_of((*keys, "backup"), name, [other for other in makers if other != station])
        return one.backup

    def _group(self, keys: Keys, one: _Station, stations: Mapping[str, _Station]) -> str:
        if not one.group:
            return ""
        if one.role != "prep":
            raise self._wrong(
                keys, f"is {one.group!r}", f"only prep stations are equal, and this is {one.role}"
            )
        if one.group in stations:
            raise self._wrong(
                keys, f"is {one.group!r}, which is a station", "give the group a word of its own"
            )
        if (
            not one.group.isascii()
            or not one.group.replace("-", "").replace("_", "").isalnum()
            or len(one.group) > 32
        ):
            raise self._wrong(keys, f"is {one.group!r}", "use 1 to 32 letters, digits, - and _")
        return one.group

    def _pauses(
        self, pauses: tuple[PauseTable, ...], stations: tuple[Station, ...]
    ) -> tuple[TimedPause, ...]:
        if len(pauses) > PAUSES_MAX:
            raise self._wrong(("pauses",), f"has {len(pauses)} pauses", f"at most {PAUSES_MAX}")
        names = [one.station for one in stations]
        return tuple(
            timed_pause(("pauses", index), one, names, self._one_of, self._wrong)
            for index, one in enumerate(pauses)
        )

    def _name(self, keys: Keys, name: Any, language: str) -> Text:
        texts = {language: name} if isinstance(name, str) and name else name or NO_TEXT
        if not isinstance(texts, Mapping) or not all(isinstance(text, str) for text in texts.values()):
            raise self._wrong(
                keys, f"is {name!r}", 'write a text, or one by language: { en = "Grill", ar = "الشواية" }'
            )
        for tag, text in texts.items():
            self._languages(keys, (tag,))
            if not 1 <= len(text) <= NAME_CHARACTERS_MAX:
                raise self._wrong(
                    keys, f"has {len(text)} characters in {tag!r}", f"write 1 to {NAME_CHARACTERS_MAX}"
                )
        return dict(texts) or NO_TEXT

    def _ages(self, station: Keys, ages: Mapping[str, _Ages]) -> tuple[tuple[str, AgeLimits], ...]:
        found = []
        for word, one in ages.items():
            keys = (*station, "ages", word)
            self._one_of(keys, word, ("default", *ORDER_TYPES))
            self._range((*keys, "warn_s"), one.warn_s, 1, 24 * 3600)
            self._range((*keys, "late_s"), one.late_s, 1, 24 * 3600)
            if one.late_s <= one.warn_s:
                raise self._wrong(
                    (*keys, "late_s"),
                    f"is {one.late_s}, not after warn_s = {one.warn_s}",
                    "late comes after warn",
                )
            found.append(("" if word == "default" else word.upper(), AgeLimits(one.warn_s, one.late_s)))
        return tuple(found)

    def _route(self, index: int, route: _Route, stations: tuple[Station, ...]) -> Rule:
        keys: Keys = ("routes", index)
        if not route.stations:
            raise self._wrong((*keys, "stations"), "is empty", "name the stations that make it")
        cooks = [one.station for one in stations if one.role in ("prep", "printer")]
        cooks += dict.fromkeys(one.group for one in stations if one.group)
        for station in route.stations:
            self._one_of((*keys, "stations"), station, cooks)
        for place, station in enumerate(route.then):
            self._one_of((*keys, "then"), station, cooks)
            if station in (*route.stations, *route.then[:place]):
                raise self._wrong(
                    (*keys, "then"), f"names {station!r} twice", "each station gets a line once"
                )
        for word in route.order_types:
            self._one_of((*keys, "order_types"), word, ORDER_TYPES)
        for name in ("items", "categories", "areas", "terminals", "type_names"):
            if any(not text for text in getattr(route, name)):
                raise self._wrong((*keys, name), "holds an empty text", "leave the key out to match all")
        return Rule(
            stations=route.stations,
            items=route.items,
            categories=route.categories,
            order_types=(*(word.upper() for word in route.order_types), *route.type_names),
            areas=route.areas,
            terminals=route.terminals,
            then=route.then,
        )


def _dotted(keys: Keys) -> str:
    """ "routes[1].items", as the library writes it."""
    text = ""
    for part in keys:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _named_in(dotted: str, what: str) -> bool:
    """Whether the message names exactly this key, or one inside it."""
    start = what.find(dotted)
    before = what[start - 1] if start > 0 else " "
    after = what[start + len(dotted) : start + len(dotted) + 1]
    return start >= 0 and before in " '\"" and after in ("", " ", "'", '"', ":", "[", ".")
