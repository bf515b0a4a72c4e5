"""Who may ask: no page of another origin, no rebound name, nobody without the token, no form in place of JSON."""

import pytest

from hub.admin.guard import refused_call, refused_host

OURS = "127.0.0.1:7421"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Host": OURS}, ""),
        ({"Host": "localhost:9000"}, ""),  # through an SSH tunnel
        ({"Host": "[::1]:7421"}, ""),
        ({"Host": OURS, "Origin": f"http://{OURS}"}, ""),  # our own admin page
        ({"Host": "rebound.example:7421"}, "wrong-host"),
        ({"Host": "127.0.0.1.example"}, "wrong-host"),
        ({"Host": "user@127.0.0.1@evil.example"}, "wrong-host"),
        ({"Host": "[::1"}, "wrong-host"),
        ({}, "wrong-host"),
        ({"Host": OURS, "Origin": "http://evil.example"}, "wrong-origin"),
        ({"Host": OURS, "Origin": "http://127.0.0.1:8000"}, "wrong-origin"),  # another program's page
        ({"Host": OURS, "Origin": "null"}, "wrong-origin"),  # a sandboxed frame
    ],
)
def test_hosts_and_origins(headers: dict[str, str], code: str) -> None:
    refused = refused_host(headers)
    assert (refused.code if refused else "") == code


JSON = {"Content-Type": "application/json; charset=utf-8"}


@pytest.mark.parametrize(
    ("headers", "method", "code"),
    [
        ({"Authorization": "Bearer right"}, "GET", ""),
        ({"Authorization": "Bearer right", **JSON}, "POST", ""),
        ({}, "GET", "no-token"),
        ({"Authorization": "Bearer wrong"}, "GET", "no-token"),
        ({"Authorization": "Bearer "}, "GET", "no-token"),
        ({"Authorization": "Basic right"}, "GET", "no-token"),
        ({"Authorization": "Bearer ríght"}, "GET", "no-token"),
        (
            {"Cookie": "token=right", **JSON},
            "POST",
            "no-token",
        ),  # what a browser adds by itself is not enough
        ({"Authorization": "Bearer right"}, "POST", "not-json"),
        ({"Authorization": "Bearer right", "Content-Type": "text/plain"}, "POST", "not-json"),
    ],
)
def test_calls(headers: dict[str, str], method: str, code: str) -> None:
    refused = refused_call(headers, method, "right")
    assert (refused.code if refused else "") == code
