"""The HTTP side of the reference cloud: routes of openapi.yaml, and /control for tests on this machine only."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import logging
import re
import sqlite3
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from heard.clock import Clock
from hub.cloud.reference import catalogue, documents, misbehave, numbers, tokens, totals
from hub.cloud.reference.database import Database
from hub.cloud.reference.fields import ID, NAME, Fields, parse
from hub.cloud.reference.misbehave import Fault, Misbehaviour
from hub.cloud.reference.problem import CONTENT_TYPE, Problem

log = logging.getLogger(__name__)

BODY_BYTES_MAX = 4 << 20
"""One large document alone, or a batch."""
BATCH_BYTES_MAX = 320 << 10
"""256 KiB of documents, and what stands around them."""
CURSORS_MAX = 64
KEYS_PER_PAGE_MAX = 5_000
CONTROL_ROWS_MAX = 100_000
CURSOR = re.compile(r"[A-Za-z0-9._-]{0,128}")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Cloud:
    """The handlers; `application` has them on their paths."""

    def __init__(self, database: Database, faults: Misbehaviour, clock: Clock, token_life_s: int) -> None:
        self._database = database
        self._faults = faults
        self._clock = clock
        self._token_life_s = token_life_s

    def application(self) -> web.Application:
        """An aiohttp application; the database must be open before it is served."""
        app = web.Application(client_max_size=BODY_BYTES_MAX, middlewares=[_problems, self._misbehaving])
        app.add_routes(
            [
                web.post("/v1/token", self.token),
                web.get("/v1/gateway", self.gateway),
                web.get("/v1/modules/{module}/changes", self.changes),
                web.post("/v1/documents", self.push),
                web.get("/v1/documents/{kind}/{id}", self.document),
                web.post("/v1/control-totals", self.compare),
                web.get("/v1/control-totals/{business_date}/{device}", self.keys),
                web.post("/v1/counters/reports", self.reports),
                web.post("/v1/counters/ranges", self.allocate),
                web.get("/v1/counters", self.counters),
                web.get("/control/misbehave", self.control_faults),
                web.post("/control/misbehave", self.control_misbehave),
                web.delete("/control/misbehave", self.control_clear),
                web.post("/control/modules/{module}", self.control_edit),
                web.put("/control/policy", self.control_policy),
                web.get("/control/documents", self.control_documents),
            ]
        )
        return app

    async def token(self, request: web.Request) -> web.Response:
        body = parse(await request.read())
        hub = body.text("hub")
        refresh_token = body.text("refresh_token", re.compile(r".{16,256}"))
        answer = await self._database.run(
            tokens.refresh, hub, refresh_token, self._clock.wall_ms(), self._token_life_s
        )
        return web.json_response(answer, headers={"Cache-Control": "no-store"})

    async def gateway(self, request: web.Request) -> web.Response:
        hub = await self._hub(request)
        cursors = _cursors(request)
        body = await self._database.run(_gateway, hub, cursors)
        tag = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]
        headers = {"ETag": f'W/"{tag}"', "Cache-Control": "no-cache"}
        if any(tag == known.value for known in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        return web.json_response({"server_time_ms": self._clock.wall_ms()} | body, headers=headers)

    async def changes(self, request: web.Request) -> web.Response:
        await self._hub(request)
        cursor = request.query.get("cursor", "")
        if not CURSOR.fullmatch(cursor):
            raise Problem("malformed", "cursor is not one of ours", "cursor")
        mark = _number(request, "watermark", 0, (1 << 62))
        limit = _number(request, "limit", 1, catalogue.PAGE_ROWS_MAX, catalogue.PAGE_ROWS_DEFAULT)
        module = _name(request, "module", NAME)
        return _gzipped(await self._database.run(catalogue.page, module, cursor, mark, limit))

    async def push(self, request: web.Request) -> web.Response:
        hub = await self._hub(request)
        data = await request.read()
        batch = documents.read_push(parse(data))
        if len(batch.documents) > 1 and len(data) > BATCH_BYTES_MAX:
            raise Problem(
                "too-large", f"{len(data)} bytes: send at most 256 KiB at once, or one document alone"
            )
        if self._faults.named("poison_batch") & {document.id for document in batch.documents}:
            raise Problem("internal", "told to misbehave: a document of this batch is poison")
        poison = self._faults.named("poison")
        return web.json_response(await self._database.run(documents.push, hub, batch, poison))

    async def document(self, request: web.Request) -> web.Response:
        hub = await self._hub(request)
        kind, document_id = _name(request, "kind", NAME), _name(request, "id", ID)
        return web.json_response(await self._database.run(documents.read_held, hub, kind, document_id))

    async def compare(self, request: web.Request) -> web.Response:
        hub = await self._hub(request)
        business_date, hubs_totals = totals.read_totals(parse(await request.read()))
        return web.json_response(await self._database.run(totals.compare, hub, business_date, hubs_totals))

    async def keys(self, request: web.Request) -> web.Response:
        hub = await self._hub(request)
        business_date = Fields(dict(request.match_info)).day("business_date")
        device = _name(request, "device", ID)
        limit = _number(request, "limit", 1, KEYS_PER_PAGE_MAX, 1_000)
        after = request.query.get("after", "")
        return _gzipped(await self._database.run(totals.list_keys, hub, business_date, device, after, limit))

    async def reports(self, request: web.Request) -> web.Response:
        hub = await self._hub(request)
        new = numbers.read_reports(parse(await request.read()))
        return web.json_response(await self._database.run(numbers.report, hub, new, self._clock.wall_ms()))

    async def allocate(self, request: web.Request) -> web.Response:
        hub = await self._hub(request)
        wish = numbers.read_range(parse(await request.read()))
        return web.json_response(await self._database.run(numbers.allocate, hub, wish))

    async def counters(self, request: web.Request) -> web.Response:
        hub = await self._hub(request)
        return web.json_response(await self._database.run(numbers.counters, hub))

    async def apply(self, fault: Fault) -> None:
        """Turn a fault on, or do it when it is an action. Raises Problem."""
        if fault.name == "expire_token":
            await self._database.run(tokens.expire_all)
        elif fault.name in ("suspend", "resume"):
            await self._database.run(tokens.suspend, fault.value, fault.name == "suspend")
        elif fault.name == "reset":
            await self._database.run(catalogue.reset, fault.value)
        else:
            self._faults.add(fault)

    async def control_faults(self, request: web.Request) -> web.Response:
        _only_here(request)
        return web.json_response({"on": self._faults.shown(), "possible": dict(misbehave.FAULTS)})

    async def control_misbehave(self, request: web.Request) -> web.Response:
        _only_here(request)
        body = parse(await request.read())
        words = {name: str(body.value.get(name, "")) for name in ("name", "value", "path")}
        await self.apply(misbehave.make(**words))
        return web.json_response({"on": self._faults.shown()})

    async def control_clear(self, request: web.Request) -> web.Response:
        _only_here(request)
        self._faults.clear(request.query.get("name", ""))
        return web.json_response({"on": self._faults.shown()})

    async def control_edit(self, request: web.Request) -> web.Response:
        _only_here(request)
        body = parse(await request.read())
        put = {}
        for row in body.items("put", 0, CONTROL_ROWS_MAX) if body.has("put") else ():
            put[row.text("id")] = {name: value for name, value in row.value.items() if name != "id"}
        delete = body.value.get("delete", [])
        if not isinstance(delete, list) or not all(isinstance(row_id, str) for row_id in delete):
            raise body.wrong("delete", "an array of ids")
        module = _name(request, "module", NAME)
        done = await self._database.run(catalogue.edit, module, put, delete, self._clock.wall_ms())
        return web.json_response({"put": done[0], "deleted": done[1]})

    async def control_policy(self, request: web.Request) -> web.Response:
        _only_here(request)
        body = parse(await request.read())
        highs = {
            "max_sync_retry": (0, 20),
            "page_rows": (1, catalogue.PAGE_ROWS_MAX),
            "poll_interval_s": (5, 86_400),
        }
        changes = {name: body.integer(name, *limits) for name, limits in highs.items() if body.has(name)}
        return web.json_response(await self._database.run(catalogue.set_policy, changes))

    async def control_documents(self, request: web.Request) -> web.Response:
        _only_here(request)
        return web.json_response({"documents": await self._database.run(documents.list_held)})

    async def _hub(self, request: web.Request) -> str:
        header = request.headers.get("Authorization", "")
        return await self._database.run(tokens.check, header, self._clock.wall_ms())

    @web.middleware
    async def _misbehaving(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/control/"):
            return await handler(request)
        await self._faults.before(request)
        answer = await handler(request)
        assert isinstance(answer, web.Response)
        return await self._faults.after(request, answer)


@web.middleware
async def _problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error leaves as problem details."""
    try:
        return await handler(request)
    except Problem as error:
        problem = error
    except ConnectionResetError:
        raise
    except web.HTTPException as error:
        kinds = {404: "not-found", 405: "not-acceptable", 413: "too-large", 415: "not-acceptable"}
        problem = Problem(
            kinds.get(error.status, "malformed"), f"{request.method} {request.path}: {error.reason}"
        )
    except Exception:
        log.exception("%s %s failed", request.method, request.path)
        problem = Problem("internal", "the reference cloud has a mistake; its log has the details")
    return web.json_response(
        problem.body(), status=problem.status, headers=problem.headers(), content_type=CONTENT_TYPE
    )


def _gateway(db: sqlite3.Connection, hub: str, cursors: Mapping[str, str]) -> dict[str, object]:
    mark = catalogue.watermark(db)
    return {
        "watermark": mark,
        "modules": catalogue.changed_modules(db, cursors, mark),
        "policy": catalogue.policy(db),
        "counters": numbers.advice(db, hub),
        "highest_epoch": documents.highest_epoch(db, hub),
    }


def _cursors(request: web.Request) -> dict[str, str]:
    given = request.query.getall("cursor", [])
    if len(given) > CURSORS_MAX:
        raise Problem("malformed", f"at most {CURSORS_MAX} cursors", "cursor")
    cursors = {}
    for text in given:
        module, colon, cursor = text.partition(":")
        if not colon or not NAME.fullmatch(module) or not CURSOR.fullmatch(cursor):
            raise Problem("malformed", f"a cursor is MODULE:CURSOR, not {text[:60]!r}", "cursor")
        cursors[module] = cursor
    return cursors


def _number(request: web.Request, name: str, low: int, high: int, default: int | None = None) -> int:
    text = request.query.get(name)
    if text is None and default is not None:
        return default
    value = int(text) if text is not None and re.fullmatch(r"[0-9]{1,18}", text) else None
    return Fields({name: value}).integer(name, low, high)


def _name(request: web.Request, name: str, pattern: re.Pattern[str]) -> str:
    return Fields(dict(request.match_info)).text(name, pattern)


def _gzipped(body: dict[str, object]) -> web.Response:
    answer = web.json_response(body)
    answer.enable_compression()  # for who accepts it
    return answer


def _only_here(request: web.Request) -> None:
    """Faults are switched from this machine only, and not by a web page that is open on it."""
    host = (request.url.host or "").strip("[]")
    try:
        local = ipaddress.ip_address(request.remote or "").is_loopback
        named = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = named = False
    if not (local and named) or "Origin" in request.headers:
        raise Problem("not-found", "/control answers programs on this machine only")
