"""What a settings file looks like: its tables with the defaults. What a value may be is checked by their readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from heard.stream import AgeLimits
from hub.config.model import CallNumbers, Cloud, Config, Kitchen, Network
from hub.config.screens import PauseTable, ScreenTable

DEFAULT = Config()


@dataclass(frozen=True, slots=True)
class SiteTable:
    name: str = DEFAULT.site_name
    languages: tuple[str, ...] = DEFAULT.languages
    digits: str = DEFAULT.digits
    time_zone: str = DEFAULT.time_zone
    allergy_words: tuple[str, ...] = DEFAULT.allergy_words


@dataclass(frozen=True, slots=True)
class BusinessDayTable:
    cut_off_hour: int = DEFAULT.cut_off_hour
    keep_86: bool = DEFAULT.keep_86


@dataclass(frozen=True, slots=True)
class StoreTable:
    data: Path = DEFAULT.data
    log_hours: int = DEFAULT.retention.log_hours
    log_revisions: int = DEFAULT.retention.log_revisions
    closed_orders_days: int = DEFAULT.retention.closed_orders_days
    backup_every_min: int = DEFAULT.retention.backup_every_min
    backups_kept: int = DEFAULT.retention.backups_kept
    archive_days: int = DEFAULT.retention.archive_days


@dataclass(frozen=True, slots=True)
class AgesTable:
    warn_s: int = AgeLimits().warn_s
    late_s: int = AgeLimits().late_s


@dataclass(frozen=True, slots=True)
class StationTable:
    name: Any = ""
    role: str = "prep"
    icon: str = ""
    languages: tuple[str, ...] = ()
    ages: Mapping[str, AgesTable] = field(default_factory=dict)
    type_name_ages: Mapping[str, AgesTable] = field(default_factory=dict)
    group: str = ""
    screen: ScreenTable = field(default_factory=ScreenTable)
    release_per_min: int = 0
    address: str = ""
    paper_mm: int = 80
    silent: bool = False
    backup: tuple[str, ...] = ()
    printer: str = ""


@dataclass(frozen=True, slots=True)
class RouteTable:
    stations: tuple[str, ...]
    items: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    order_types: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    terminals: tuple[str, ...] = ()
    type_names: tuple[str, ...] = ()
    then: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileTable:
    """The file's own shape."""

    site: SiteTable = SiteTable()
    network: Network = DEFAULT.network
    store: StoreTable = StoreTable()
    business_day: BusinessDayTable = BusinessDayTable()
    call_numbers: CallNumbers = DEFAULT.call_numbers
    kitchen: Kitchen = DEFAULT.kitchen
    cloud: Cloud = DEFAULT.cloud
    stations: Mapping[str, StationTable] = field(default_factory=dict)
    routes: tuple[RouteTable, ...] = ()
    pauses: tuple[PauseTable, ...] = ()
