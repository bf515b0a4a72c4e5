"""The table of `hub.api` over HTTP: reads a call, runs its handler within bounds, answers JSON or a problem (RFC 9457)."""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import heard
from heard.errors import InvalidInput, UserError
from hub.admin.guard import Refusal, refused_call, refused_host
from hub.api import Api, Asked, Route
from hub.store.seam import DecisionTooLarge, StoreUnavailable

if TYPE_CHECKING:
    from aiohttp import web

BODY_BYTES_MAX = 256 << 10
"""A document of settings; nothing larger comes in here."""
CALLS_MAX = 16
"""At once: people and their scripts, never a load."""
CALL_S_MAX = 30.0
"""Longer work is begun by a call and looked at by another one."""
PROBLEM_TYPE = "application/problem+json"
SERVER = "Server"
"""This header tells a hub from another program on its port."""
USER_HEADER = "Heard-User"
USER_CHARACTERS_MAX = 64

log = logging.getLogger("heard.admin")

HttpHandler = Callable[["web.Request"], Awaitable["web.StreamResponse"]]


class Calls:
    """The calls of one hub."""

    def __init__(self, api: Api, token: str) -> None:
        self._api = api
        self._token = token
        self._running = 0
        self._web: Any = importlib.import_module("aiohttp.web")

    def add_to(self, app: web.Application) -> None:
        """The routes as they are now, and the list of them at /api."""
        app.router.add_get("/api", self._guarded("GET", self._list))
        for route in self._api.routes:
            app.router.add_route(
                route.method, f"/api/{route.path}", self._guarded(route.method, self._handled(route))
            )
        app.router.add_route("*", "/api/{rest:.*}", self._guarded("GET", self._unknown))

    def middleware(self) -> Any:
        """For every path of the site: only this machine's names, and only problems as errors."""

        @self._web.middleware  # type: ignore[untyped-decorator]
        async def guard(request: web.Request, handler: HttpHandler) -> web.StreamResponse:
            refused = refused_host(request.headers)
            if refused is not None:
                return self._problem(refused)
            try:
                answer = await handler(request)
            except self._web.HTTPRequestEntityTooLarge:
                return self._problem(Refusal(413, "too-large", f"at most {BODY_BYTES_MAX} bytes"))
            except self._web.HTTPException as error:
                return self._problem(
                    Refusal(error.status, "refused", f"{request.method} {request.path}: {error.reason}")
                )
            answer.headers[SERVER] = f"heard/{heard.__version__}"
            return answer

        return guard

    def _guarded(self, method: str, handler: HttpHandler) -> HttpHandler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            refused = refused_call(request.headers, method, self._token)
            if refused is None and self._running >= CALLS_MAX:
                refused = Refusal(503, "busy", f"{CALLS_MAX} calls are running", "try again in a moment")
            if refused is not None:
                return self._problem(refused)
            self._running += 1
            try:
                return await handler(request)
            finally:
                self._running -= 1

        return guarded

    def _handled(self, route: Route) -> HttpHandler:
        async def handled(request: web.Request) -> web.StreamResponse:
            try:
                asked = await self._read(route, request)
                async with asyncio.timeout(CALL_S_MAX):
                    found = await route.handler(asked)
            except InvalidInput as error:
                return self._problem(
                    Refusal(422, "invalid", f"{error.field} {error.what}", error.hint), field=error.field
                )
            except UserError as error:
                status = 400 if error.exit_code == 2 else 409
                return self._problem(
                    Refusal(status, "user-error", error.what, error.hint), exit_code=error.exit_code
                )
            except (StoreUnavailable, DecisionTooLarge) as error:
                return self._problem(
                    Refusal(503, "store", f"the store could not take it: {error}", "nothing changed")
                )
            except TimeoutError:
                what = f"{route.path} took longer than {CALL_S_MAX:.0f} s"
                return self._problem(
                    Refusal(504, "too-long", what, "look whether it was done, then try again")
                )
            except Exception as error:
                if isinstance(error, self._web.HTTPException):
                    raise
                log.exception("%s %s failed", route.method, route.path)
                return self._problem(
                    Refusal(500, "internal", f"the hub made a mistake on {route.path}", "its log says which")
                )
            answer: web.Response = self._web.json_response(dict(found), headers=_NO_STORE)
            return answer

        return handled

    async def _read(self, route: Route, request: web.Request) -> Asked:
        values: Mapping[str, Any] = dict(request.query)
        if route.method != "GET":
            if values:
                raise UserError("a call that changes something takes no query", "send its values as JSON")
            values = _json_object(await request.read())
        for name in values:
            if name not in route.takes:
                known = ", ".join(sorted(route.takes)) or "nothing"
                raise InvalidInput(name, "is not known to this hub", f"{route.path} takes {known}")
        user = request.headers.get(USER_HEADER, "")[:USER_CHARACTERS_MAX]
        return Asked(values, dict(request.match_info), "".join(c for c in user if c.isprintable()))

    async def _list(self, _request: web.Request) -> web.StreamResponse:
        routes = [
            {"method": one.method, "path": f"/api/{one.path}", "takes": sorted(one.takes)}
            for one in self._api.routes
        ]
        answer: web.Response = self._web.json_response({"version": heard.__version__, "routes": routes})
        return answer

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        what = f"this hub (version {heard.__version__}) has no {request.method} {request.path}"
        return self._problem(Refusal(404, "unknown-route", what))

    def _problem(self, refused: Refusal, **more: object) -> web.StreamResponse:
        body = {
            "type": f"urn:heard:admin:{refused.code}",
            "code": refused.code,
            "status": refused.status,
            "title": refused.what,
            "hint": refused.hint,
            **more,
        }
        headers = {SERVER: f"heard/{heard.__version__}", **_NO_STORE}
        if refused.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        answer: web.Response = self._web.json_response(
            body, status=refused.status, content_type=PROBLEM_TYPE, headers=headers
        )
        return answer


_NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def _json_object(data: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(data or b"{}")
    except (ValueError, RecursionError):
        raise UserError("the body is not JSON", "send one JSON object") from None
    if not isinstance(found, dict):
        raise UserError("the body is no JSON object", "send one JSON object")
    return found
