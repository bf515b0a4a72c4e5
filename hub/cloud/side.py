"""The cloud side of one hub: the client, the catalogue and the puller; what commands, metrics and screens are told of them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from heard.errors import UserError
from heard.menu import NO_MENU, Menu
from hub.api import Api, Asked
from hub.cloud.catalogue import Catalogue
from hub.cloud.gateway import SyncResponse
from hub.cloud.keys import last_part, span
from hub.cloud.menu import CatalogueMenu
from hub.cloud.pull import Puller
from hub.cloud.record import ModuleRecord
from hub.cloud.settings import CloudSettings
from hub.cloud.state import Held
from hub.config import Cloud
from hub.core.alarm_words import AlarmText, alarm
from hub.core.sync_graph import profile_graph
from hub.core.sync_steps import Phase, Step, Trigger
from hub.store.seam import CorruptRecord, Rows

QUARANTINE_PAGE = 100
QUARANTINE_PAGE_MAX = 1_000

log = logging.getLogger("heard.cloud")

Alarm = Callable[[AlarmText | None], None]


@dataclass(frozen=True, slots=True)
class CloudFigures:
    """Counters since start, and where it stands."""

    checked_wall_ms: int = 0
    cycles: int = 0
    cycles_failed: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    paused: bool = False
    rows: Mapping[str, int] = field(default_factory=dict)
    quarantined: Mapping[str, int] = field(default_factory=dict)
    failed_modules: Sequence[str] = ()


class SiteClock(Protocol):
    """The hub's clock, and who else has a say in whether it is right."""

    def wall_ms(self) -> int: ...

    def cloud_said(self, cloud_ms: int) -> None: ...


def cloud_side(cloud: Cloud, rows: Rows, clock: SiteClock, alarm: Alarm) -> CloudSide | NoCloud:
    """What stands towards the cloud, where the settings name one."""
    return CloudSide(cloud, rows, clock, alarm) if cloud.url else NoCloud()


class CloudSide:
    """Make it, `load`, wire what it feeds, then `start`; `stop` at the end. The LAN side waits for nothing in here."""

    def __init__(self, cloud: Cloud, rows: Rows, clock: SiteClock, alarm: Alarm) -> None:
        """`alarm` tells staff what they must look at; None: it is well again."""
        from hub.cloud.client import CloudClient  # and with it aiohttp, a third of a start

        self.cloud = cloud
        self.client = CloudClient(cloud.url, cloud.hub, cloud.secret_file)
        self.catalogue = Catalogue(rows, profile_graph(cloud.profile))
        self._menu = CatalogueMenu(self.catalogue)
        self.settings = CloudSettings(self.catalogue)
        self.puller = Puller(self.client, self.catalogue, cloud.poll_interval_s, clock.wall_ms)
        self.puller.on_checked(lambda found: _tell_time(clock, found))
        self.puller.on_finished(self._finished)
        self._alarm = alarm
        self._paused = False

    async def load(self) -> None:
        """What was pulled before, so that it is used from the first order on; no call to the cloud."""
        await self.catalogue.load()
        await self.settings.refresh()

    def start(self) -> None:
        """Begins to pull."""
        self.puller.start()

    async def stop(self) -> None:
        """In about a second at most. Idempotent."""
        await self.puller.stop()
        await self.client.close()

    def menu_for(self, item_ids: Iterable[str], modifier_ids: Iterable[str], table: str) -> Menu:
        """What the catalogue knows of these now."""
        return self._menu.menu_for(item_ids, modifier_ids, table)

    def cloud_settings(self) -> Mapping[str, Any]:
        """Stations and routes as tables of the settings file; empty where the cloud says nothing."""
        return self.settings.current

    def on_settings(self, tell: Callable[[], Awaitable[None]]) -> None:
        """`tell` is awaited when `cloud_settings` are others than before, or are known for the first time."""
        self.settings.on_change(tell)

    def figures(self) -> CloudFigures:
        """For metrics."""
        record, catalogue = self.puller.record, self.catalogue
        return CloudFigures(
            checked_wall_ms=record.checked_wall_ms,
            cycles=record.cycles,
            cycles_failed=record.cycles_failed,
            failures={kind.value: count for kind, count in record.failures.items()},
            paused=self.puller.plan.phase is Phase.PAUSED,
            rows={name: state.rows for name, state in catalogue.states.items()},
            quarantined={name: len(found) for name, found in catalogue.quarantined.items()},
            failed_modules=[name for name, one in record.modules.items() if one.failure],
        )

    def facts(self) -> dict[str, object]:
        """For /health: the cloud's absence is no sickness of the hub."""
        record = self.puller.record
        return {
            "url": self.cloud.url,
            "phase": self.puller.plan.phase.value,
            "checked_at": _time(record.checked_wall_ms),
            "failure": record.failure.reason if record.failure else "",
        }

    # --- for commands

    def register(self, api: Api) -> None:
        """`sync`: status, now, reset, quarantine."""
        api.get("sync/status", self.status)
        api.post("sync/now", self.now)
        api.post("sync/reset", self.reset, ("module",))
        api.get("sync/quarantine", self.quarantine, ("module", "after", "limit"))

    async def status(self, _asked: Asked) -> dict[str, Any]:
        """How far everything is, and why what is not."""
        plan, record = self.puller.plan, self.puller.record
        failure = record.failure
        steps = plan.steps() if plan.phase is Phase.MODULES else {}
        return {
            "url": self.cloud.url,
            "hub": self.cloud.hub,
            "profile": self.cloud.profile,
            "phase": plan.phase.value,
            "trigger": record.trigger,
            "cycles": record.cycles,
            "cycles_failed": record.cycles_failed,
            "checked_at": _time(record.checked_wall_ms),
            "poll_interval_s": plan.poll_interval_ms // 1000,
            "failure": None
            if failure is None
            else {
                "kind": failure.kind.value,
                "reason": failure.reason,
                "since": _time(record.failed_since_wall_ms),
            },
            "modules": [self._module(name, steps.get(name)) for name in self.catalogue.graph.order],
        }

    async def now(self, _asked: Asked) -> dict[str, Any]:
        """A cycle at once; `cycle` is how many were done before it."""
        running = self.puller.plan.phase in (Phase.CHECKING, Phase.MODULES)
        cycles = self.puller.record.cycles + running
        self.puller.trigger(Trigger.BUTTON)
        return {"cycle": cycles}

    async def reset(self, asked: Asked) -> dict[str, Any]:
        """Pulls one module from the beginning, beside the rows that serve."""
        module = self._known(asked.text("module"))
        running = self.puller.plan.phase in (Phase.CHECKING, Phase.MODULES)
        cycles = self.puller.record.cycles + running
        self.puller.reset(module)
        return {"module": module, "cycle": cycles}

    async def quarantine(self, asked: Asked) -> dict[str, Any]:
        """Rows that are held back, with the reason and what the cloud sent; `after` (MODULE/ID) goes on."""
        name = asked.text("module", "")
        modules = (self._known(name),) if name else self.catalogue.graph.order
        limit = asked.number("limit", 1, QUARANTINE_PAGE_MAX, QUARANTINE_PAGE)
        after = asked.text("after", "")
        found: list[dict[str, Any]] = []
        for module in modules:
            first, before = span(f"q/{module}/")
            start = f"q/{after}" if after.startswith(f"{module}/") else first
            if after and self._before(module, after.partition("/")[0]):
                continue
            for key, data in self.catalogue.rows.rows(start, before, limit + 1 - len(found)):
                found.append(_held(module, last_part(key), data))
        more = len(found) > limit
        found = found[:limit]
        last = f"{found[-1]['module']}/{found[-1]['id']}" if more else ""
        return {"rows": found, "total": sum(map(len, self.catalogue.quarantined.values())), "next": last}

    def _before(self, module: str, other: str) -> bool:
        order = self.catalogue.graph.order
        return other in order and order.index(module) < order.index(other)

    def _known(self, module: str) -> str:
        if module not in self.catalogue.states:
            names = ", ".join(self.catalogue.graph.order)
            raise UserError(f"the profile {self.cloud.profile} has no module {module!r}", f"it has {names}")
        return module

    def _module(self, name: str, step: Step | None) -> dict[str, Any]:
        state, record = self.catalogue.states[name], self.puller.record
        one = record.modules.get(name, ModuleRecord())
        failed = bool(one.failure)
        if failed or record.response is None:
            fresh_ms = one.ok_wall_ms or (0 if failed else record.checked_wall_ms if state.cursor else 0)
        else:
            fresh_ms = record.checked_wall_ms
        return {
            "module": name,
            "state": _word(one, state.cursor, step),
            "rows": state.rows,
            "quarantined": len(self.catalogue.quarantined[name]),
            "to_delete": len(self.catalogue.tombstones[name]),
            "up_to_date_at": _time(fresh_ms),
            "changed_at": _time(state.changed_wall_ms),
            "failure": one.failure,
            "failed_since": _time(one.failed_since_wall_ms),
            "resetting": bool(state.shadow) or state.reset_wanted,
        }

    async def _finished(self) -> None:
        await self.settings.refresh()
        paused = self.puller.plan.phase is Phase.PAUSED
        if paused != self._paused:
            self._paused = paused
            failure = self.puller.record.failure
            reason = failure.reason if failure else ""
            self._alarm(alarm("cloud.refused", why=reason) if paused else None)


class NoCloud:
    """In its place at a hub without a cloud: nothing is filled, and commands are told so."""

    async def load(self) -> None:
        """There is nothing."""

    def start(self) -> None:
        """There is nothing to start."""

    async def stop(self) -> None:
        """There is nothing to stop."""

    def menu_for(self, _item_ids: Iterable[str], _modifier_ids: Iterable[str], _table: str) -> Menu:
        """Everything stays as the till said it."""
        return NO_MENU

    def cloud_settings(self) -> Mapping[str, Any]:
        """None."""
        return {}

    def on_settings(self, _tell: Callable[[], Awaitable[None]]) -> None:
        """They never change."""

    def figures(self) -> CloudFigures | None:
        """None."""
        return None

    def facts(self) -> dict[str, object]:
        """For /health."""
        return {"url": ""}

    def register(self, api: Api) -> None:
        """The same calls."""
        api.get("sync/status", self._refuse)
        api.post("sync/now", self._refuse)
        api.post("sync/reset", self._refuse, ("module",))
        api.get("sync/quarantine", self._refuse, ("module", "after", "limit"))

    async def _refuse(self, _asked: Asked) -> Mapping[str, Any]:
        raise UserError(
            "this hub has no cloud", "write its url and this hub's id into [cloud] of hub.toml", 1
        )


def _tell_time(clock: SiteClock, found: SyncResponse) -> None:
    if found.server_time_ms:
        clock.cloud_said(found.server_time_ms)


def _word(one: ModuleRecord, cursor: str, step: Step | None) -> str:
    """Where a module stands, in a word for people."""
    if step is not None and step not in (Step.DONE, Step.FAILED, Step.BLOCKED):
        return "pulling"
    if one.failure:
        return "blocked" if one.step is Step.BLOCKED else "failed"
    return "up to date" if cursor else "never pulled"


def _held(module: str, row_id: str, data: bytes) -> dict[str, Any]:
    try:
        held = Held.from_json(data)
    except (ValueError, TypeError, CorruptRecord):
        return {"module": module, "id": row_id, "reason": "its record cannot be read", "since": "", "row": {}}
    return {
        "module": module,
        "id": row_id,
        "reason": held.reason,
        "since": _time(held.at_wall_ms),
        "row": held.row,
    }


def _time(wall_ms: int) -> str:
    return datetime.fromtimestamp(wall_ms / 1000, UTC).isoformat(timespec="seconds") if wall_ms else ""
