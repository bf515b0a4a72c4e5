"""What a screen says while it has nothing to show."""

from __future__ import annotations

import logging

from display.app.roles import Role, stations_of, title
from display.config import Config
from display.core.look import Look
from display.screens.waiting import Waiting
from heard.link import Link, Phase
from heard.stream import SiteProfile

log = logging.getLogger("heard.display")


class Waits:
    """Of one screen; a station that the hub does not have is logged once."""

    def __init__(self, role: Role, config: Config) -> None:
        self._role = role
        self._config = config
        self._announced = False

    def waiting(self, link: Link, site: SiteProfile, look: Look) -> Waiting | None:
        """What to say now; None once there is a picture."""
        role, station = self._role, self._config.station
        known = stations_of(role, site)
        names = ", ".join(one.station for one in known)
        if known and station and station not in {one.station for one in known}:
            if not self._announced:
                self._announced = True
                log.error("the hub has no %s station %r; it has: %s", role.name, station, names)
            head: tuple[str, dict[str, object]] = ("wait.no_station", {"station": station})
            return Waiting(station, head, (("wait.no_station.help", {"stations": names}),))
        state = link.state
        if state.live or link.rev or link.documents or role.guests:
            return None
        head = ("wait.searching", {})
        if state.phase is Phase.CONNECTING:
            head = ("wait.connecting", {"address": state.address or self._config.hub or "…"})
        elif state.phase is Phase.SYNCING:
            head = ("wait.syncing", {})
        own = next((one for one in known if one.station == station or not station), None)
        name = look.name(own.name if own is not None else {}, title(role, self._config)).text
        lines: tuple[tuple[str, dict[str, object]], ...] = (("wait.searching.help", {}), ("wait.paper", {}))
        return Waiting(name.upper(), head, lines if state.phase is not Phase.SYNCING else ())
