"""What of a hub can be set, as frozen values with their defaults. `systemd/hub.toml` explains each to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from heard.expo import EXPO
from heard.order import NO_TEXT, Text
from heard.station import REMAKE_REASONS
from heard.stream import AgeLimits, ScreenSettings, SiteProfile, StationProfile
from hub.core.floor import NO_CLOSED, Floor
from hub.core.routing import RoutingPlan, Rule
from hub.core.site import CUT_OFF_HOUR, KitchenRules
from hub.core.stations import TimedPause

DEFAULT_PORT = 7420
DEFAULT_ADMIN_PORT = 7421
DEFAULT_DATA = Path("/var/lib/heard")
DEFAULT_SECRET_FILE = Path("/etc/heard/cloud.token")
DIGITS = ("western", "arabic")
ORDER_TYPES = ("dine_in", "takeaway", "delivery", "car")


@dataclass(frozen=True, slots=True)
class Network:
    """Where the hub listens. Port 0 lets the system choose; `admin_port` serves /metrics and /health on loopback."""

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    admin_port: int = DEFAULT_ADMIN_PORT
    mdns: bool = True


@dataclass(frozen=True, slots=True)
class CallNumbers:
    """The numbers that guests are told: `first` to `last`, then from the start again."""

    first: int = 1
    last: int = 9999


@dataclass(frozen=True, slots=True)
class Kitchen:
    """How the whole kitchen works. `release_per_min`: most scheduled orders a minute at a station that says nothing itself; 0: all.

    `slip_on_bump`: the printer that gets the slip of what expo sends out; "": none.
    """

    auto_fire: bool = False
    pacing: bool = False
    lead_min: int = 20
    release_per_min: int = 0
    slip_on_bump: str = ""
    remake_reasons: tuple[Text, ...] = REMAKE_REASONS
    """What a screen offers when something is made once more, each by language."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the store keeps what is done, and how often it is copied. `backup_every_min` 0: no copies.

    `archive_days`: business days that `heard rewind` can go back; 0 records none.
    """

    log_hours: int = 24
    log_revisions: int = 50_000
    closed_orders_days: int = 400
    backup_every_min: int = 60
    backups_kept: int = 3
    archive_days: int = 31


@dataclass(frozen=True, slots=True)
class Cloud:
    """The vendor's cloud; `url` "" is none. `hub` and the token in `secret_file` are what the cloud knows this hub by."""

    url: str = ""
    hub: str = ""
    secret_file: Path = DEFAULT_SECRET_FILE
    profile: str = "restaurant"
    poll_interval_s: int = 60


@dataclass(frozen=True, slots=True)
class Station:
    """A place with a screen. `ages` by order type word ("DINE_IN") or a till's own (`ages_key`), "" is the default of the station."""

    station: str
    name: Text = NO_TEXT
    role: str = "prep"
    icon: str = ""
    languages: tuple[str, ...] = ()
    ages: tuple[tuple[str, AgeLimits], ...] = ()
    group: str = ""
    """Stations of one group are equal and share what is routed to that word."""
    screen: ScreenSettings = field(default_factory=ScreenSettings)
    release_per_min: int = 0
    """Most scheduled orders that it gets in a minute; 0: as the kitchen says."""
    address: str = ""
    """Of a printer: host, or host:port; 9100 is the usual port."""
    paper_mm: int = 80
    silent: bool = False
    """A printer that never says what it has done: a slip counts as printed when it has taken it."""
    backup: tuple[str, ...] = ()
    """Who takes over what is not seen here in time, one after another."""
    printer: str = ""
    """Where its tickets come out when somebody asks for paper; "": the first printer of `backup`."""

    def profile(self, site_languages: tuple[str, ...]) -> StationProfile:
        """What its screens are told."""
        return StationProfile(
            station=self.station,
            name=self.name or {site_languages[0]: self.station.replace("-", " ").title()},
            icon=self.icon,
            ages=dict(self.ages),
            languages=self.languages or site_languages,
            role=self.role,
            group=self.group,
            screen=self.screen,
        )


KITCHEN = Station("kitchen", {"en": "Kitchen"})


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that the file says. `unsafe_plaintext` comes from the command line alone, never from a file."""

    site_name: str = "Heard"
    languages: tuple[str, ...] = ("en",)
    digits: str = "western"
    time_zone: str = ""
    """IANA name; "" is the machine's own."""
    allergy_words: tuple[str, ...] = ("allergy", "allergic", "حساسية", "nut", "مكسرات", "gluten", "غلوتين")
    cut_off_hour: int = CUT_OFF_HOUR
    keep_86: bool = False
    """What is out stays out when the business day rolls."""
    pauses: tuple[TimedPause, ...] = ()
    data: Path = DEFAULT_DATA
    network: Network = Network()
    call_numbers: CallNumbers = CallNumbers()
    kitchen: Kitchen = Kitchen()
    retention: Retention = Retention()
    cloud: Cloud = Cloud()
    stations: tuple[Station, ...] = (KITCHEN,)
    routes: tuple[Rule, ...] = ()
    unsafe_plaintext: bool = False
    source: str = "the defaults"
    table: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """What the file said, as it said it: the settings of the hub's own store and the cloud's lie around it."""

    @property
    def prep_stations(self) -> tuple[str, ...]:
        """The stations that cook, in the order of the file."""
        return tuple(one.station for one in self.stations if one.role == "prep")

    @property
    def printers(self) -> tuple[Station, ...]:
        """The stations whose screen is paper. They get lines by rules alone, never what nobody else makes."""
        return tuple(one for one in self.stations if one.role == "printer")

    def floor(self, closed: Mapping[str, str] = NO_CLOSED) -> Floor:
        """The stations that get lines, some of them closed."""
        papers = frozenset(one.station for one in self.printers)
        return Floor(self.prep_stations, self.groups, closed, papers)

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Equal prep stations by the word of their group."""
        found: dict[str, tuple[str, ...]] = {}
        for one in self.stations:
            if one.role == "prep" and one.group:
                found[one.group] = (*found.get(one.group, ()), one.station)
        return found

    def routing(self) -> RoutingPlan:
        """Which stations make what, all of them open."""
        return RoutingPlan(self.routes, self.prep_stations, self.floor())

    def rules(self) -> KitchenRules:
        """How the kitchen works, as the core decides with it."""
        limits = {
            one.station: one.release_per_min or self.kitchen.release_per_min
            for one in self.stations
            if one.role == "prep" and (one.release_per_min or self.kitchen.release_per_min)
        }
        kitchen = self.kitchen
        backup = {one.station: one.backup for one in self.stations if one.backup}
        return KitchenRules(
            kitchen.auto_fire,
            kitchen.pacing,
            kitchen.lead_min * 60_000,
            limits,
            backup,
            self._printers_of(),
            kitchen.slip_on_bump,
        )

    def _printers_of(self) -> dict[str, str]:
        """Station -> where a ticket of it is printed when somebody asks; the pass is one place however many screens it has."""
        papers = [one.station for one in self.printers]
        found: dict[str, str] = {}
        for one in self.stations:
            named = (
                (one.printer, one.station, *one.backup)
                if one.role == "printer"
                else (one.printer, *one.backup)
            )
            printer = next((name for name in named if name in papers), "")
            if printer:
                found[one.station] = printer
                if one.role == "expo":
                    found.setdefault(EXPO, printer)
        if self.kitchen.slip_on_bump:
            found.setdefault(EXPO, self.kitchen.slip_on_bump)
        return found

    def with_arguments(
        self,
        *,
        data: Path | None = None,
        host: str | None = None,
        port: int | None = None,
        mdns: bool = True,
        unsafe_plaintext: bool = False,
    ) -> Config:
        """The settings as the command line changes them; None leaves what the file says."""
        network = replace(
            self.network,
            host=self.network.host if host is None else host,
            port=self.network.port if port is None else port,
            mdns=self.network.mdns and mdns,
        )
        return replace(
            self,
            data=self.data if data is None else data,
            network=network,
            unsafe_plaintext=unsafe_plaintext,
        )

    def site_profile(self) -> SiteProfile:
        """What every screen is told of the site."""
        return SiteProfile(
            name=self.site_name,
            stations=tuple(one.profile(self.languages) for one in self.stations),
            languages=self.languages,
            digits=self.digits,
            allergy_words=self.allergy_words,
            time_zone=self.time_zone,
            cut_off_hour=self.cut_off_hour,
            remake_reasons=self.kitchen.remake_reasons,
        )
