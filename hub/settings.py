"""The hub's settings while it runs: set, unset, told key by key with who said it. Each change is stored, then followed."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from heard.errors import UserError
from hub.api import Api, Asked
from hub.config import Config
from hub.config.layers import (
    CLOUD,
    FILE,
    SET,
    Effective,
    Layer,
    check_settable,
    check_station,
    effective,
    key_path,
    put,
    source_of,
    sources,
    table_of,
    to_json,
    whole,
)
from hub.config.reader import read_config
from hub.core.decision import SETTINGS_KEY, Decision, Docs, Setting
from hub.core.settings import SettingsMoved, TooManySettings, decide_set, settings_of
from hub.store.seam import Store

FILE_FIELDS = ("data", "network", "retention", "cloud", "unsafe_plaintext")
"""Of a Config: what a hub takes from its file when it starts, and not later."""
RESTART = "what [network], [store] and [cloud] say now holds after a restart"
TRIES_MAX = 5
"""A change that others overtook is checked again; nobody sets settings so fast."""

log = logging.getLogger("heard.settings")


class SettingsKeeper:
    """`config` is what holds now; `changed` is called with it after each change. `base` is the file with the command line."""

    def __init__(
        self,
        store: Store,
        base: Config,
        wall_ms: Callable[[], int],
        changed: Callable[[Config], None],
        cloud: Callable[[], Mapping[str, Any]] = dict,
        check: Callable[[Config, Config], None] = lambda before, after: None,
    ) -> None:
        """`cloud` gives the table of the cloud's module, whenever asked. Reads what is stored.

        `check(before, after)` raises UserError for what is right and what this machine cannot do; it runs in a thread.
        """
        self._store = store
        self._base = base
        self._wall_ms = wall_ms
        self._changed = changed
        self._cloud = cloud
        self._check = check
        self._lock = asyncio.Lock()
        self._now = Effective(base, base.table)
        self._told: frozenset[str] = frozenset()
        self._file_wrong = ""
        self.read_file: Callable[[], Config] | None = None
        """Reads the hub's file again, with its command line; None where it was started without one."""

    @property
    def config(self) -> Config:
        return self._now.config

    @property
    def problems(self) -> dict[str, str]:
        """What of the settings cannot be used, for /health."""
        found = {f"setting-{one.key}": f"{one.layer}: {one.why}" for one in self._now.left_out}
        return {**found, "settings-file": self._file_wrong} if self._file_wrong else found

    def register(self, api: Api) -> None:
        """`config`: get, diff, log, set, unset, reload."""
        api.get("config", self.get, ("key",))
        api.get("config/diff", self.diff)
        api.get("config/log", self.history)
        api.post("config/set", self.set, ("key", "value", "by"))
        api.post("config/unset", self.unset, ("key", "by"))
        api.post("config/reload", self.reload)

    async def start(self) -> None:
        """Takes in what is stored; before anything is served."""
        await self.follow()

    async def follow(self) -> None:
        """Works out anew what holds: the cloud's module or the stored settings may have changed."""
        async with self._lock:
            layers = self._layers()
            found = await asyncio.to_thread(effective, self._base, layers)
            self._take(found)

    async def reload(self, _asked: Asked | None = None) -> dict[str, Any]:
        """Reads the file again. Raises UserError where it is wrong; then what the hub has stays."""
        if self.read_file is None:
            raise UserError("this hub was started without a settings file", "start it with --config FILE")
        try:
            fresh = await asyncio.to_thread(self.read_file)
        except UserError as error:
            self._file_wrong = f"{error.what}; the hub goes on with what it read before"
            log.error("%s", self._file_wrong)
            raise
        self._file_wrong = ""
        needs_restart = [name for name in FILE_FIELDS if getattr(fresh, name) != getattr(self._base, name)]
        kept = {name: getattr(self._base, name) for name in FILE_FIELDS}
        self._base = replace(fresh, **kept)
        await self.follow()
        log.info("the settings file was read again%s", f"; {RESTART}" if needs_restart else "")
        return {"file": fresh.source, "needs_restart": bool(needs_restart)}

    async def set(self, asked: Asked) -> dict[str, Any]:
        """Checks and stores one key. Raises UserError with the reason; then the old value stays."""
        key = asked.text("key")
        if "value" not in asked.values:
            raise UserError("there is no value to set", "give one")
        return await self.put(key, asked.values["value"], _by(asked))

    async def put(self, key: str, value: Any, by: str) -> dict[str, Any]:
        """As `set`, for a screen's wish."""
        return await self._write(key, value, by)

    async def unset(self, asked: Asked) -> dict[str, Any]:
        """Takes a key away that was set here; what the file, the cloud or the default says holds again."""
        key = asked.text("key")
        known = [one.key for one in self._stored().entries]
        if key not in known and not any(one.startswith(f"{key}.") for one in known):
            more = f"set here: {', '.join(known)}" if known else "nothing is"
            raise UserError(f"{key} was not set at the hub", more)
        return await self._write(key, None, _by(asked))

    async def get(self, asked: Asked) -> dict[str, Any]:
        """Every key under the given one (all for ""), with its value, where it comes from, and who set it when."""
        under = key_path(asked.text("key", "")) if asked.text("key", "") else ()
        entries = {one.key: one for one in self._stored().entries}
        known = sources(self._layers())
        rows = [
            self._row(path, value, source_of(path, known), entries)
            for path, value in whole(self._now.table).items()
            if path[: len(under)] == under
        ]
        if not rows:
            await asyncio.to_thread(read_config, put({}, under, {}), "", "")  # names the nearest key
            raise UserError(f"{'.'.join(under)} is not set and has no value of its own")
        return {"settings": rows}

    async def diff(self, _asked: Asked) -> dict[str, Any]:
        """Every key that somebody said, what each place says of it, and which of them holds."""
        layers = self._layers()
        tables = {layer.name: layer.table for layer in layers}
        entries = {one.key: one for one in self._stored().entries}
        rows = []
        for path, source in sorted(sources(layers).items()):
            if path[0] in ("network", "store"):
                continue
            said = {name: _at(table, path) for name, table in tables.items()}
            row = self._row(path, said[source], source, entries)
            row["said"] = {name: value for name, value in said.items() if value is not None}
            rows.append(row)
        left_out = [{"layer": one.layer, "key": one.key, "why": one.why} for one in self._now.left_out]
        return {"settings": rows, "left_out": left_out}

    async def history(self, _asked: Asked) -> dict[str, Any]:
        """Who set what and when, oldest first; a value of null was taken away."""
        return {
            "changes": [
                {
                    "key": one.key,
                    "value": json.loads(one.value) if one.value else None,
                    "by": one.by,
                    "at": self._at(one),
                }
                for one in self._stored().changes
            ]
        }

    async def _write(self, key: str, value: Any, by: str) -> dict[str, Any]:
        path = key_path(key)
        check_settable(path)
        text = "" if value is None else to_json(value)
        async with self._lock:
            for _ in range(TRIES_MAX):
                stored = self._stored()
                found = await asyncio.to_thread(self._checked, path, value, stored.entries)

                def decide(docs: Docs, _now_ms: int, version: int = stored.version) -> Decision:
                    return decide_set(docs, version, key, text, by, self._wall_ms())

                try:
                    await self._store.submit(frozenset((SETTINGS_KEY,)), decide)
                except SettingsMoved:
                    continue
                except TooManySettings:
                    raise UserError("too much is set at this hub", "put it into the hub's file", 1) from None
                log.info("%s %s by %s", key, f"= {text}" if text else "is unset", by)
                self._take(found)
                return {
                    "key": key,
                    "value": _at(found.table, path),
                    "source": source_of(path, sources(self._layers())),
                }
        raise UserError("others change the settings at the same time", "try again", 1)

    def _checked(self, path: tuple[str, ...], value: Any, entries: tuple[Setting, ...]) -> Effective:
        """What would hold with that change. Raises UserError where the key may not have this value."""
        key = ".".join(path)
        kept = {
            one.key: json.loads(one.value)
            for one in entries
            if one.key != key and not one.key.startswith(f"{key}.")
        }
        below = [layer for layer in self._layers(kept) if layer.name != SET]
        if value is not None:
            before = effective(self._base, self._layers(kept))
            check_station(path, [one.station for one in before.config.stations])
            table = put(before.table, path, value)
            read_config(table, "", "")
            kept[key] = value
        found = effective(self._base, [*below, Layer(SET, table_of(kept))])
        self._check(self._now.config, found.config)
        if any(one.layer == SET for one in found.left_out):
            worst = next(one for one in found.left_out if one.layer == SET)
            already = {one.key for one in self._now.left_out}
            if worst.key not in already:
                raise UserError(f"then {worst.key} could not be used: {worst.why}", "change that first")
        return found

    def _take(self, found: Effective) -> None:
        before, self._now = self._now, found
        for one in found.left_out:
            if one.key not in self._told:
                log.error("a setting of the %s layer cannot be used: %s: %s", one.layer, one.key, one.why)
        self._told = frozenset(one.key for one in found.left_out)
        if found.config != before.config:
            self._changed(found.config)

    def _stored(self) -> Any:
        return settings_of(self._store.get(SETTINGS_KEY))

    def _layers(self, entries: Mapping[str, Any] | None = None) -> list[Layer]:
        if entries is None:
            entries = {one.key: json.loads(one.value) for one in self._stored().entries}
        return [Layer(CLOUD, self._cloud()), Layer(FILE, self._base.table), Layer(SET, table_of(entries))]

    def _row(
        self, path: tuple[str, ...], value: Any, source: str, entries: Mapping[str, Setting]
    ) -> dict[str, Any]:
        row: dict[str, Any] = {"key": ".".join(path), "value": value, "source": source}
        if source == SET:
            names = [".".join(path[:length]) for length in range(len(path), 0, -1)]
            entry = next((entries[name] for name in names if name in entries), None)
            if entry is not None:
                row.update(by=entry.by, at=self._at(entry))
        return row

    def _at(self, entry: Setting) -> str:
        return datetime.fromtimestamp(entry.at_ms / 1000, UTC).isoformat(timespec="seconds")


def _by(asked: Asked) -> str:
    return asked.text("by", "") or asked.user or "somebody on this machine"


def _at(table: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = table
    for name in path:
        if not isinstance(found, Mapping) or name not in found:
            return None
        found = found[name]
    return found
