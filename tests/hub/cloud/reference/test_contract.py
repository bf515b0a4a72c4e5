"""The contract itself is sound, and each of its operations is served."""

from __future__ import annotations

import re
from pathlib import Path

from openapi_spec_validator import validate

from hub.cloud.reference.app import Cloud
from hub.cloud.reference.catalogue import MODULES
from hub.cloud.reference.database import Database
from hub.cloud.reference.misbehave import Misbehaviour
from hub.cloud.reference.problem import KINDS
from tests.hub.cloud.reference.conftest import Wall
from tests.hub.cloud.reference.contract import document


def test_it_is_openapi_3_1() -> None:
    validate(document())
    assert document()["openapi"].startswith("3.1")


def test_served_paths_are_the_contracts(tmp_path: Path) -> None:
    cloud = Cloud(Database(tmp_path / "x"), Misbehaviour(), Wall(), 1)
    served = set()
    for route in cloud.application().router.routes():
        path = route.resource.canonical if route.resource else ""
        if path.startswith("/v1/") and route.method != "HEAD":
            served.add((route.method, path))
    written = {
        (method.upper(), path)
        for path, methods in document()["paths"].items()
        for method in methods
        if method in ("get", "post", "put", "delete")
    }
    assert served == written


def test_problem_types_are_the_contracts() -> None:
    assert {f"/problems/{kind}" for kind in KINDS} == set(document()["components"]["schemas"]["Problem"]["properties"]["type"]["enum"])  # fmt: skip


def test_the_contract_names_the_modules() -> None:
    text = document()["components"]["schemas"]["ModuleName"]["description"].split(";")[0]
    assert set(re.findall(r"[a-z_]+", text)) == set(MODULES)
