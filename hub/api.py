"""The hub's own JSON API for its commands and its admin page: a table of routes that their owners fill. No HTTP in here.

An owner registers `api.get("sync/status", handler)` or `api.post("sync/now", handler, takes=("module",))` while the hub is
wired; `hub.admin` serves the table under /api on this machine only and guards it; `hub.commands.running` asks it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from heard.errors import InvalidInput

TEXT_CHARACTERS_MAX = 400
"""A name, an id, a reason; longer ones are a mistake."""
_PATH = re.compile(r"[a-z][a-z0-9-]*(/([a-z][a-z0-9-]*|\{[a-z_]+\}))*")


@dataclass(frozen=True, slots=True)
class Asked:
    """One call: `values` of the query or the JSON body, `parts` of the path, and who asks (a name for the history)."""

    values: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    user: str = ""

    def text(self, name: str, default: str | None = None) -> str:
        """A text; without `default` it must be there and not be empty. Raises InvalidInput naming it."""
        value = self.values.get(name, default)
        if not isinstance(value, str) or (not value and default is None):
            raise InvalidInput(name, "is missing" if name not in self.values else f"is {value!r}, not a text")
        if len(value) > TEXT_CHARACTERS_MAX:
            raise InvalidInput(name, f"has {len(value)} characters", f"write at most {TEXT_CHARACTERS_MAX}")
        return value

    def number(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number from `low` to `high`; a query's digits count too. Raises InvalidInput naming it."""
        value = self.values.get(name, default)
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise InvalidInput(name, "is missing" if value is None else f"is {value!r}, not a whole number")
        if not low <= value <= high:
            raise InvalidInput(name, f"is {value}", f"write {low} to {high}")
        return value

    def flag(self, name: str) -> bool:
        """True or false; false where it is not given. Raises InvalidInput naming it."""
        value = self.values.get(name, False)
        if value in ("true", "false"):
            return bool(value == "true")
        if not isinstance(value, bool):
            raise InvalidInput(name, f"is {value!r}", "write true or false")
        return value


Handler = Callable[[Asked], Awaitable[Mapping[str, Any]]]
"""Runs on the hub's event loop; gives what is sent as a JSON object. Raises UserError (the caller may mend it), InvalidInput
(a value is wrong, by its name) or the store's StoreUnavailable."""


@dataclass(frozen=True, slots=True)
class Route:
    """`takes`: the names that a call may carry; another one is refused, so that no wish is dropped in silence."""

    method: str
    path: str
    handler: Handler
    takes: frozenset[str]


class Api:
    """The routes of one hub; filled before it serves."""

    def __init__(self) -> None:
        self._routes: dict[tuple[str, str], Route] = {}

    @property
    def routes(self) -> tuple[Route, ...]:
        return tuple(self._routes.values())

    def get(self, path: str, handler: Handler, takes: tuple[str, ...] = ()) -> None:
        """A question: it changes nothing and may be asked again. `path` as in "modules/{module}/status"."""
        self._add(Route("GET", path, handler, frozenset(takes)))

    def post(self, path: str, handler: Handler, takes: tuple[str, ...] = ()) -> None:
        """A wish: it may change something."""
        self._add(Route("POST", path, handler, frozenset(takes)))

    def _add(self, route: Route) -> None:
        if not _PATH.fullmatch(route.path):
            raise ValueError(f"{route.path!r} is no path of the API: small words between slashes")
        if (route.method, route.path) in self._routes:
            raise ValueError(f"{route.method} {route.path} is registered twice")
        self._routes[route.method, route.path] = route
