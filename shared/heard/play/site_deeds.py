"""What was done about the site on a recorded day: 86, pauses, stations that closed and opened. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from heard.command import CloseStation, EightySix, OpenStation, Pause, Verb
from heard.play.deeds import Deed, Reading


def site_deeds(rows: Iterable[Mapping[str, Any]], reading: Reading) -> Iterator[Deed]:
    """In their order. A pause carries for `until_ms` how long it was to last: the player sets the time.

    Where lines are routed by where they were made, stations do not close: their work has moved already.
    """
    for row in rows:
        verb = _verb(row)
        if verb is None or (reading.by_stations and isinstance(verb, CloseStation | OpenStation)):
            name = str(row.get("verb", "?"))
            reading.untold[name] = reading.untold.get(name, 0) + 1
            continue
        yield Deed(int(row["at_ms"]), "", str(row["device"]), str(row.get("user", "")), verb)


def _verb(row: Mapping[str, Any]) -> Verb | None:
    what, on = str(row.get("what", "")), bool(row.get("on", True))
    match row.get("verb"):
        case EightySix.name:
            return EightySix(what, not on, dict(row.get("name", {})))
        case Pause.name:
            return Pause(what, int(row.get("until_ms", 0)), not on)
        case CloseStation.name:
            return CloseStation(what, str(row.get("to_station", ""))) if on else OpenStation(what)
        case _:
            return None
