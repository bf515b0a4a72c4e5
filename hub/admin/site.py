"""/metrics, /health and the API for commands (/api) over HTTP, on loopback only. The admin page comes here later."""

from __future__ import annotations

import importlib
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from heard.errors import UserError
from hub.admin.access import new_token
from hub.admin.calls import BODY_BYTES_MAX, Calls
from hub.admin.figures import Figure, exposition
from hub.api import Api

if TYPE_CHECKING:
    from aiohttp import web

HOST = "127.0.0.1"
BACKLOG = 16
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
CLOSE_S = 0.2


@dataclass(frozen=True, slots=True)
class Health:
    """`problems` by name, empty when all is well; `facts` are for people."""

    problems: Mapping[str, str]
    facts: Mapping[str, object]


class AdminSite:
    """Listens from the beginning, answers once `start` has returned: what asks in between waits."""

    def __init__(
        self,
        port: int,
        figures: Callable[[], Iterable[Figure]],
        health: Callable[[], Health],
        api: Api | None = None,
        token: str = "",
    ) -> None:
        """Binds 127.0.0.1. `api` is served to who knows the token. Raises UserError."""
        self._figures = figures
        self._health = health
        self._api = api or Api()
        self._token = token or new_token()
        self._runner: web.AppRunner | None = None
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind((HOST, port))
            self._socket.listen(BACKLOG)
            self._socket.setblocking(False)
        except OSError as error:
            self._socket.close()
            raise UserError(
                f"cannot listen on {HOST}:{port} for /metrics and /health: {error.strerror}",
                "choose another admin_port in [network] of the settings; 0 lets the system choose",
                exit_code=1,
            ) from error

    @property
    def address(self) -> str:
        host, port = self._socket.getsockname()
        return f"{host}:{port}"

    async def start(self) -> None:
        """Answers. aiohttp is imported here, on a thread: it takes longer than all else of a start."""
        import asyncio

        module: Any = await asyncio.to_thread(importlib.import_module, "aiohttp.web")
        calls = Calls(self._api, self._token)
        app = module.Application(client_max_size=BODY_BYTES_MAX, middlewares=[calls.middleware()])
        calls.add_to(app)
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get("/health", self._told_health)
        runner = module.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=CLOSE_S)
        await runner.setup()
        await module.SockSite(runner, self._socket).start()
        self._runner = runner

    async def close(self) -> None:
        """Idempotent."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()
        self._socket.close()

    async def _metrics(self, _request: web.Request) -> web.Response:
        module: Any = importlib.import_module("aiohttp.web")
        made: web.Response = module.Response(
            body=exposition(self._figures()).encode(), headers={"Content-Type": METRICS_TYPE}
        )
        return made

    async def _told_health(self, _request: web.Request) -> web.Response:
        module: Any = importlib.import_module("aiohttp.web")
        health = self._health()
        body = {
            "status": "ok" if not health.problems else "failing",
            "problems": dict(health.problems),
            **health.facts,
        }
        made: web.Response = module.json_response(body, status=503 if health.problems else 200)
        return made
