"""The one HTTP client towards the cloud: every way in which a call can fail becomes a `hub.core.cloud_failure.Failure`.

A call raises CloudFailed and nothing else. 401 is raised like the rest: the plans of pull and push say when to `refresh`. Only
the first call, and one whose token is about to expire, gets a token by itself.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from hub.cloud.answer import Answer, CloudFailed
from hub.cloud.body import ACCEPTED_ENCODING, BadBody, read_body
from hub.cloud.problem import http_date_ms, problem_failure
from hub.cloud.resolve import CloudResolver
from hub.core.cloud_failure import Failure, FailureClass, classify

API_PREFIX = "/v1/"
CONNECTIONS_MAX = 6
"""Three pulls, a push, a report and the gateway."""
SECRET_BYTES_MAX = 4_096
TOKEN_BYTES_MAX = 16 << 10
ANSWER_BYTES_MAX = 64 << 10
"""Of an answer without a limit of its own; the gateway's is a tenth of it."""
TOKEN_EARLY_S = 30.0
"""A token is renewed so long before its end, that no call arrives with one that just ended."""

log = logging.getLogger("heard.cloud")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds. `connect` has DNS and TLS in it; `silent` is without a byte; `whole` ends a slow drip."""

    connect_s: float = 8.0
    silent_s: float = 10.0
    whole_s: float = 45.0


class CloudClient:
    """Calls as one hub. Make it on the loop that uses it; `close` it there."""

    def __init__(
        self,
        url: str,
        hub: str,
        secret_file: Path,
        deadlines: Deadlines | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`url` is the cloud's, without /v1; `tls` only where the machine's own trust store is not the right one."""
        self._base = url.rstrip("/") + API_PREFIX
        parts = urlsplit(url)
        self._host = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        self._hub = hub
        self._secret_file = secret_file
        self._deadlines = deadlines or Deadlines()
        self._monotonic = monotonic
        self._tls: ssl.SSLContext | bool = True if tls is None else tls
        self._resolver = CloudResolver()
        self._session: aiohttp.ClientSession | None = None
        self._token = ""
        self._token_ends = 0.0
        self._refreshing: asyncio.Task[None] | None = None
        self._closed = False

    async def close(self) -> None:
        """Ends what is under way; nothing is awaited longer than a moment. Idempotent."""
        self._closed = True
        if self._refreshing is not None:
            self._refreshing.cancel()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(
        self, path: str, query: Any = None, *, etag: str = "", bytes_max: int = ANSWER_BYTES_MAX
    ) -> Answer:
        """GET `path` below /v1. `query` is what aiohttp takes: a mapping, or pairs. Raises CloudFailed."""
        headers = {"If-None-Match": etag} if etag else {}
        return await self._authorized("GET", path, query, None, headers, bytes_max)

    async def post(self, path: str, body: object, *, bytes_max: int = ANSWER_BYTES_MAX) -> Answer:
        """POST `body` as JSON; bytes are taken as JSON that is made already. Raises CloudFailed."""
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return await self._authorized("POST", path, None, data, {}, bytes_max)

    async def refresh(self) -> None:
        """A new access token; who comes while one is being fetched waits for that one. Raises CloudFailed."""
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self._refresh(), name="heard-cloud-token")
            self._refreshing.add_done_callback(self._refreshed)
        try:
            await asyncio.shield(self._refreshing)
        except asyncio.CancelledError:
            if self._closed:
                raise CloudFailed(_CLOSED) from None
            raise

    async def reachable(self) -> bool:
        """Whether a connection to the cloud can be made now; costs it no call."""
        host, port = self._host
        try:
            async with asyncio.timeout(self._deadlines.connect_s):
                found = await self._resolver.resolve(host, port)
                _, writer = await asyncio.open_connection(found[0]["host"], port)
        except (OSError, TimeoutError, IndexError):
            return False
        writer.close()
        return True

    def _refreshed(self, task: asyncio.Task[None]) -> None:
        self._refreshing = None
        if not task.cancelled():
            task.exception()  # who waits has it; nobody waiting is no mistake

    async def _refresh(self) -> None:
        try:
            secret = await asyncio.to_thread(read_secret, self._secret_file)
        except (OSError, ValueError) as error:
            what = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            reason = f"the secret file {self._secret_file} cannot be used: {what}"
            raise CloudFailed(Failure(FailureClass.FORBIDDEN, reason)) from None
        data = json.dumps({"hub": self._hub, "refresh_token": secret}).encode()
        answer = await self._call("POST", "token", None, data, {}, TOKEN_BYTES_MAX)
        body = answer.body
        token, life_s = body.get("access_token"), body.get("expires_in_s")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise CloudFailed(_unreadable("the cloud's token is not a token"))
        if not isinstance(life_s, int) or isinstance(life_s, bool) or life_s < 1:
            raise CloudFailed(_unreadable("the cloud does not say how long its token is good for"))
        self._token = token
        self._token_ends = self._monotonic() + max(life_s - TOKEN_EARLY_S, life_s / 2)

    async def _authorized(
        self, method: str, path: str, query: Any, data: bytes | None, headers: dict[str, str], bytes_max: int
    ) -> Answer:
        if not self._token or self._monotonic() >= self._token_ends:
            await self.refresh()
        headers["Authorization"] = f"Bearer {self._token}"
        return await self._call(method, path, query, data, headers, bytes_max)

    async def _call(
        self, method: str, path: str, query: Any, data: bytes | None, headers: dict[str, str], bytes_max: int
    ) -> Answer:
        if self._closed:
            raise CloudFailed(_CLOSED)
        sent = {"Accept": "application/json", "Accept-Encoding": ACCEPTED_ENCODING, **headers}
        if data is not None:
            sent["Content-Type"] = "application/json"
        try:
            async with self._open().request(
                method, self._base + path, params=query, data=data, headers=sent, allow_redirects=False
            ) as response:
                return await self._answer(response, bytes_max)
        except (aiohttp.ClientError, TimeoutError, OSError, BadBody) as error:
            raise CloudFailed(_unanswered(error)) from error
        except (ValueError, RuntimeError) as error:
            # aiohttp's words for headers it cannot parse, a session closed under a call, a URL that cannot be
            raise CloudFailed(_unreadable(f"the call could not be made: {error}")) from error

    async def _answer(self, response: aiohttp.ClientResponse, bytes_max: int) -> Answer:
        status = response.status
        server_ms = http_date_ms(response.headers.get("Date", ""))
        if status == 304:
            return Answer(None, response.headers.get("ETag", ""), server_ms)
        if status != 200:
            raise CloudFailed(await problem_failure(response, server_ms))
        if response.content_type != "application/json":
            raise CloudFailed(
                classify(
                    0, "", f"it answered {response.content_type}, not JSON: is there a login page between?"
                )
            )
        body, received = await read_body(response, bytes_max)
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            raise CloudFailed(_unreadable("its answer is not JSON, or cut off")) from None
        if not isinstance(found, dict):
            raise CloudFailed(_unreadable("its answer is no JSON object"))
        return Answer(found, response.headers.get("ETag", ""), server_ms, received)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            limits = self._deadlines
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    ssl=self._tls, resolver=self._resolver, limit=CONNECTIONS_MAX, keepalive_timeout=90
                ),
                timeout=aiohttp.ClientTimeout(
                    total=limits.whole_s, connect=limits.connect_s, sock_read=limits.silent_s
                ),
                auto_decompress=False,  # read_body does it, within the answer's limit
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "heard-hub"},
            )
        return self._session


_CLOSED = Failure(FailureClass.NOT_REACHED, "the hub is stopping")


def read_secret(file: Path) -> str:
    """The hub's refresh token. Raises OSError, ValueError."""
    with file.open("rb") as opened:
        data = opened.read(SECRET_BYTES_MAX + 1)
    secret = data.decode("ascii", "replace").strip()
    if len(data) > SECRET_BYTES_MAX or not secret or not secret.isascii() or not secret.isprintable():
        raise ValueError(f"it must hold one line of letters and digits, at most {SECRET_BYTES_MAX} bytes")
    return secret


def _unreadable(reason: str) -> Failure:
    return classify(0, "", reason)


def _unanswered(error: Exception) -> Failure:
    """What a call without a whole answer means: was it sent, or not?"""
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return Failure(FailureClass.NOT_REACHED, "no connection in time")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Failure(
            FailureClass.NOT_REACHED, f"its name {error.host} is not found (no Internet, or DNS is down)"
        )
    if isinstance(error, aiohttp.ClientSSLError):
        return Failure(FailureClass.NOT_REACHED, f"its certificate or TLS is wrong: {error}")
    if isinstance(error, aiohttp.ClientConnectorError):
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        return Failure(FailureClass.NOT_REACHED, f"no connection to {error.host}:{error.port} ({why})")
    if isinstance(error, TimeoutError):
        return Failure(FailureClass.TRANSIENT, "it did not answer in time")
    if isinstance(error, aiohttp.ClientPayloadError):
        return Failure(FailureClass.TRANSIENT, "its answer was cut off")
    if isinstance(error, BadBody):
        return Failure(FailureClass.TRANSIENT, str(error))
    return Failure(FailureClass.TRANSIENT, f"the connection broke: {str(error) or type(error).__name__}")
