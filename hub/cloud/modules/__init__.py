"""The modules that a hub can pull, one file each. Which of them a profile pulls, and in which order: `hub.core.sync_graph`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from hub.cloud.modules import (
    categories,
    customers,
    item_barcodes,
    item_definitions,
    modifiers,
    offers,
    prices,
    routing,
    stations,
    tables,
    taxes,
    users,
)
from hub.cloud.modules.row import ModuleSpec

MODULES: Mapping[str, ModuleSpec[Any]] = MappingProxyType(
    {
        one.MODULE.name: one.MODULE
        for one in (
            categories,
            customers,
            item_barcodes,
            item_definitions,
            modifiers,
            offers,
            prices,
            routing,
            stations,
            tables,
            taxes,
            users,
        )
    }
)
