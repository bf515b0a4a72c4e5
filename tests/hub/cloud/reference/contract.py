"""protos/cloud/openapi.yaml as a judge: a client whose every request and answer must fit the contract."""

from __future__ import annotations

import io
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from jsonschema import Draft202012Validator, FormatChecker

FILE = Path(__file__).resolve().parents[4] / "protos/cloud/openapi.yaml"


@cache
def document() -> dict[str, Any]:
    """The parsed contract."""
    found: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return found


@cache
def validator(schema: str) -> Draft202012Validator:
    """The validator of a schema given as JSON; references go into the contract."""
    whole = {"$defs": {}, "components": document()["components"], **json.loads(schema)}
    return Draft202012Validator(whole, format_checker=FormatChecker())


def named(name: str) -> Draft202012Validator:
    """The validator of components/schemas/NAME."""
    return validator(json.dumps({"$ref": f"#/components/schemas/{name}"}))


def operation(method: str, path: str) -> dict[str, Any]:
    """The operation that a request belongs to."""
    for template, methods in document()["paths"].items():
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method.lower() in methods:
            found: dict[str, Any] = methods[method.lower()]
            return found
    raise AssertionError(f"{method} {path} is not in the contract")


def response(of: dict[str, Any], status: int) -> dict[str, Any]:
    """What the contract says of a status."""
    found: dict[str, Any] = of["responses"].get(str(status)) or of["responses"]["default"]
    if "$ref" in found:
        found = document()["components"]["responses"][found["$ref"].rsplit("/", 1)[1]]
    return found


class Answer:
    """An answer that fits the contract."""

    def __init__(self, status: int, headers: Any, body: Any) -> None:
        self.status = status
        self.headers = headers
        self.body = body


class Api:
    """A client of one hub. `valid=False` sends what the contract forbids, to see it refused."""

    def __init__(self, url: str, hub: str, refresh_token: str) -> None:
        self.url = url
        self.hub = hub
        self.refresh_token = refresh_token
        self.access_token = ""
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))

    async def close(self) -> None:
        await self.session.close()

    async def refresh(self) -> Answer:
        body = {"hub": self.hub, "refresh_token": self.refresh_token}
        answer = await self.call("POST", "/v1/token", body)
        if answer.status == 200:
            self.access_token = answer.body["access_token"]
        return answer

    async def get(self, path: str, **query: Any) -> Answer:
        return await self.call("GET", path, None, query)

    async def post(self, path: str, body: Any, valid: bool = True) -> Answer:
        return await self.call("POST", path, body, valid=valid)

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        valid: bool = True,
    ) -> Answer:
        of = operation(method, path)
        if body is not None and valid:
            validator(json.dumps(of["requestBody"]["content"]["application/json"]["schema"])).validate(body)
        sent = {"Authorization": f"Bearer {self.access_token}"} | (headers or {})
        data = None if body is None else io.BytesIO(json.dumps(body).encode())
        async with self.session.request(
            method, self.url + path, data=data, params=query, headers=sent
        ) as answer:
            said = response(of, answer.status)
            for name, header in said.get("headers", {}).items():
                assert not header.get("required") or name in answer.headers, name
            content = said.get("content")
            if content is None:
                assert await answer.read() == b""
                return Answer(answer.status, answer.headers, None)
            assert answer.content_type in content, (answer.content_type, await answer.text())
            found = await answer.json(content_type=None)
            validator(json.dumps(content[answer.content_type]["schema"])).validate(found)
            if "status" in found and answer.status >= 400:
                assert found["status"] == answer.status
            return Answer(answer.status, answer.headers, found)

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        """A call of /control, which is no part of the contract; it must work."""
        async with self.session.request(method, f"{self.url}/control/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def misbehave(self, name: str, value: str, path: str = "") -> None:
        await self.control("POST", "misbehave", {"name": name, "value": value, "path": path})
