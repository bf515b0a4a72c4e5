"""From a TOML file to a Config. Types and unknown keys are the library's rules; what a value may be stands here and beside."""

from __future__ import annotations

import difflib
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from heard import config as toml
from heard.errors import UserError
from heard.order import Text
from hub.config.checks import NAME_CHARACTERS_MAX, NEAREST_CUTOFF, Checks
from hub.config.cloud_url import CLOUD_HUB_ID, CLOUD_URL_HINT, cloud_url_error
from hub.config.lines import Lines
from hub.config.model import DIGITS, CallNumbers, Cloud, Config, Network, Retention, Station
from hub.config.screens import PAUSES_MAX, PauseTable, timed_pause
from hub.config.shape import DEFAULT, FileTable, SiteTable
from hub.config.station_reader import RELEASE_PER_MIN_MAX, check_printer, read_route, read_stations
from hub.core.stations import TimedPause
from hub.core.sync_graph import PROFILES

CALL_NUMBERS_MIN = 100
"""Fewer cannot be free for 12 hours in any kitchen that needs a hub."""
CALL_NUMBER_MAX = 999_999
LEAD_MIN_MAX = 24 * 60
REASONS_MAX = 18
"""What a screen shows at once."""


def load_config(path: Path) -> Config:
    """The settings of that file. Raises UserError naming the line."""
    table = toml.read_toml(path)
    return read_config(table, path.read_text(encoding="utf-8"), str(path))


def read_config(table: Mapping[str, Any], text: str, source: str) -> Config:
    """The settings in `table`, whose `text` is used to name lines; "": no file, keys alone are named. Raises UserError."""
    return _Reader(Checks(Lines(text) if text else None, source)).read(table)


def shape_of(table: Mapping[str, Any]) -> Any:
    """The same table as a dataclass of the file's own shape, every default filled in. Raises UserError."""
    return toml.build(FileTable, table, "")


class _Reader:
    def __init__(self, check: Checks) -> None:
        self._check = check

    def read(self, table: Mapping[str, Any]) -> Config:
        try:
            file: FileTable = toml.build(FileTable, table, self._check.source)
        except UserError as error:
            raise self._check.with_line(error) from error
        site = file.site
        stations = read_stations(self._check, file.stations, site.languages) or DEFAULT.stations
        self._site(site)
        self._network(file.network)
        self._check.range(("business_day", "cut_off_hour"), file.business_day.cut_off_hour, 0, 23)
        self._check.range(("store", "log_hours"), file.store.log_hours, 1, 24 * 60)
        self._check.range(("store", "log_revisions"), file.store.log_revisions, 1_000, 10_000_000)
        self._check.range(("store", "closed_orders_days"), file.store.closed_orders_days, 2, 4_000)
        self._check.range(("store", "backup_every_min"), file.store.backup_every_min, 0, 7 * 24 * 60)
        self._check.range(("store", "backups_kept"), file.store.backups_kept, 1, 100)
        self._check.range(("store", "archive_days"), file.store.archive_days, 0, 400)
        self._check.range(("kitchen", "lead_min"), file.kitchen.lead_min, 0, LEAD_MIN_MAX)
        self._check.range(
            ("kitchen", "release_per_min"), file.kitchen.release_per_min, 0, RELEASE_PER_MIN_MAX
        )
        if file.kitchen.slip_on_bump:
            printers = [one.station for one in stations if one.role == "printer"]
            check_printer(self._check, ("kitchen", "slip_on_bump"), file.kitchen.slip_on_bump, printers)
        self._reasons(file.kitchen.remake_reasons, site.languages)
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
            routes=tuple(
                read_route(self._check, index, route, stations) for index, route in enumerate(file.routes)
            ),
            source=self._check.source,
            table=table,
        )

    def _reasons(self, reasons: tuple[Text, ...], languages: tuple[str, ...]) -> None:
        keys = ("kitchen", "remake_reasons")
        if not 1 <= len(reasons) <= REASONS_MAX:
            raise self._check.wrong(keys, f"has {len(reasons)} reasons", f"write 1 to {REASONS_MAX}")
        for reason in reasons:
            if not reason:
                raise self._check.wrong(
                    keys, "has a reason without words", 'write it by language: { en = "Dropped" }'
                )
            self._check.name(keys, reason, languages[0])

    def _site(self, site: SiteTable) -> None:
        if not 1 <= len(site.name) <= NAME_CHARACTERS_MAX:
            raise self._check.wrong(
                ("site", "name"), f"has {len(site.name)} characters", f"write 1 to {NAME_CHARACTERS_MAX}"
            )
        self._check.languages(("site", "languages"), site.languages, required=True)
        self._check.one_of(("site", "digits"), site.digits, DIGITS)
        if site.time_zone:
            try:
                zoneinfo.ZoneInfo(site.time_zone)
            except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
                nearest = difflib.get_close_matches(
                    site.time_zone, zoneinfo.available_timezones(), n=1, cutoff=NEAREST_CUTOFF
                )
                raise self._check.wrong(
                    ("site", "time_zone"),
                    f"is {site.time_zone!r}, which this machine does not know",
                    f"did you mean {nearest[0]!r}?" if nearest else 'write a name such as "Asia/Riyadh"',
                ) from None

    def _network(self, network: Network) -> None:
        self._check.range(("network", "port"), network.port, 0, 65_535)
        self._check.range(("network", "admin_port"), network.admin_port, 0, 65_535)
        if network.port and network.port == network.admin_port:
            raise self._check.wrong(
                ("network", "admin_port"), "is the same as port", "give each a port of its own"
            )
        if not network.host or any(c in network.host for c in " /?#@[]"):
            raise self._check.wrong(
                ("network", "host"), f"is {network.host!r}", "write a name or an address of this machine"
            )

    def _numbers(self, numbers: CallNumbers) -> None:
        self._check.range(("call_numbers", "first"), numbers.first, 1, CALL_NUMBER_MAX)
        self._check.range(("call_numbers", "last"), numbers.last, 1, CALL_NUMBER_MAX)
        if numbers.last - numbers.first + 1 < CALL_NUMBERS_MIN:
            raise self._check.wrong(
                ("call_numbers", "last"),
                f"leaves {max(0, numbers.last - numbers.first + 1)} numbers",
                f"leave at least {CALL_NUMBERS_MIN}: no number comes again within 12 hours",
            )

    def _cloud(self, cloud: Cloud) -> None:
        self._check.one_of(("cloud", "profile"), cloud.profile, PROFILES)
        self._check.range(("cloud", "poll_interval_s"), cloud.poll_interval_s, 5, 86_400)
        if not cloud.url:
            return
        wrong = cloud_url_error(cloud.url)
        if wrong:
            raise self._check.wrong(("cloud", "url"), f"is {cloud.url!r}: {wrong}", CLOUD_URL_HINT)
        if not CLOUD_HUB_ID.fullmatch(cloud.hub):
            raise self._check.wrong(
                ("cloud", "hub"),
                f"is {cloud.hub!r}",
                "write the id that the cloud gave this hub: letters, digits and . _ : @ + -",
            )

    def _pauses(
        self, pauses: tuple[PauseTable, ...], stations: tuple[Station, ...]
    ) -> tuple[TimedPause, ...]:
        if len(pauses) > PAUSES_MAX:
            raise self._check.wrong(("pauses",), f"has {len(pauses)} pauses", f"at most {PAUSES_MAX}")
        names = [one.station for one in stations]
        return tuple(
            timed_pause(("pauses", index), one, names, self._check.one_of, self._check.wrong)
            for index, one in enumerate(pauses)
        )
