"""`heard replay --log`: a recorded day, its hub where none is given, and the summary."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from pathlib import Path
from typing import Any

from heard.archive import Day, open_archive, read_changes
from heard.errors import UserError
from heard.link import Credentials
from heard.play.day_player import REFUSALS_SHOWN, DayPlayer, Played
from heard.play.deeds import Change, Deed, Reading, deeds
from heard.play.menu import Category, Menu, Station
from heard.play.parts import HubPart, Look, ScreensPart
from heard.play.site_deeds import site_deeds
from heard.play.stage import Part, staged
from heard.wire import decode_order


@dataclass(frozen=True, slots=True)
class Recording:
    """A day as it will be played."""

    day: Day
    deeds: tuple[Deed, ...]
    reading: Reading


def read_recording(path: Path, *, by_stations: bool) -> Recording:
    """The deeds of the day in the file. Raises UserError for a file that is none, is damaged, or tells of nothing."""
    day = open_archive(path)
    reading = Reading(by_stations)
    found = tuple(
        merge(deeds(_changes(day), reading), site_deeds(day.site, reading), key=lambda one: one.at_ms)
    )
    if not found:
        raise UserError(f"nobody did anything on {day.business_date}", f"{path} holds no change", 1)
    return Recording(day, found, reading)


def play_recording(recording: Recording, hub: str, speed: float | None, credentials: Credentials) -> Played:
    """Plays it to `hub`, or without one to a hub and screens of its own. Raises UserError."""
    return asyncio.run(_play(recording, hub, speed, credentials))


def text(recording: Recording, played: Played) -> str:
    """The summary for people."""
    day = recording.day
    rows = [
        f"  day            {day.business_date}, {played.deeds} deeds in {played.seconds:.1f} s",
        f"  orders         {played.orders} with {played.lines} lines, heard {played.heard}, on a later page {played.behind}",
        f"  ended          {played.same} as on the day, {len(played.other)} otherwise",
        f"  refused        {sum(played.refused.values())}",
    ]
    if played.p50_ms is not None and played.p99_ms is not None:
        rows.append(f"  hold -> heard  p50 {played.p50_ms:.1f} ms  p99 {played.p99_ms:.1f} ms")
    rows += [f"    {count} x {why}" for why, count in played.refused.most_common(REFUSALS_SHOWN)]
    rows += [f"    {one}" for one in played.other[:REFUSALS_SHOWN]]
    if played.untold:
        told = ", ".join(f"{name} {count}" for name, count in sorted(played.untold.items()))
        rows.append(f"  not played     {told} (the hub's own doing, or nothing that a client can do)")
    return "\n".join(rows)


def as_json(recording: Recording, played: Played) -> dict[str, Any]:
    """The summary for programs."""
    return {
        "day": recording.day.business_date,
        "deeds": played.deeds,
        "orders": played.orders,
        "lines": played.lines,
        "heard": played.heard,
        "behind": played.behind,
        "same_end": played.same,
        "other_end": played.other,
        "refused": dict(played.refused),
        "not_played": played.untold,
        "p50_ms": played.p50_ms,
        "p99_ms": played.p99_ms,
        "seconds": round(played.seconds, 3),
    }


def menu_of(recording: Recording) -> Menu:
    """The stations of that day and where its lines went, as the menu of a hub of our own."""
    profile = recording.day.profile
    known = [one for one in profile.get("stations", ()) if one.get("role", "prep") == "prep"]
    names = {one["station"]: one.get("name", {}) for one in known}
    made_at = dict.fromkeys(station for route in recording.reading.routes.values() for station in route)
    stations = [*names, *(station for station in made_at if station not in names)] or ["kitchen"]
    languages = tuple(profile.get("languages", ())) or ("en",)
    return Menu(
        site=profile.get("name", "Replay"),
        languages=languages,
        currency="",
        stations=tuple(Station(one, names.get(one) or {languages[0]: one.title()}) for one in stations),
        categories={name: Category(name, route) for name, route in recording.reading.routes.items()},
        dishes=(),
        by_name={},
        modifiers={},
        allergens=(),
        notes=(),
        allergy_words=tuple(profile.get("allergy_words", ())),
    )


def _changes(day: Day) -> Iterator[Change]:
    for one in read_changes(day):
        try:
            order = None if one.order_bytes is None else decode_order(one.order_bytes)
        except ValueError as error:
            raise UserError(f"{day.path} cannot be read: revision {one.rev}: {error}", exit_code=1) from error
        yield one.rev, one.at_ms, one.order_id, order


async def _play(recording: Recording, hub: str, speed: float | None, credentials: Credentials) -> Played:
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="heard-play-"))
    menu = menu_of(recording)
    stations = [one.station_id for one in menu.stations]
    parts: list[Part] = [] if hub else [HubPart(), ScreensPart(stations, Look())]
    try:
        async with staged(folder, menu, parts, hub) as stage:
            player = DayPlayer(
                recording.deeds,
                recording.reading,
                stage.address,
                folder,
                token=secrets.token_hex(3),
                speed=speed,
                credentials=credentials,
            )
            return await player.play()
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
