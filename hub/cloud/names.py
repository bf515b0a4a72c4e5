"""Every name that the catalogue has and a kitchen's screen may have to show."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator

from heard.order import Text
from hub.cloud.catalogue import Catalogue
from hub.cloud.keys import last_part
from hub.store.seam import CorruptRecord

KINDS = {"item_definitions": "item", "modifiers": "modifier"}

log = logging.getLogger("heard.cloud")


async def names(catalogue: Catalogue) -> AsyncIterator[tuple[str, str, Text]]:
    """(kind, id, name) of each row that serves, at the pace of a guest; what is damaged is left out and logged."""
    for module, kind in KINDS.items():
        if module not in catalogue.states:
            continue
        try:
            async for key, data in catalogue.walk(f"r/{module}/{catalogue.states[module].live:08d}/"):
                name = json.loads(data).get("name")
                if isinstance(name, dict):
                    yield kind, last_part(key), {str(one): str(text) for one, text in name.items()}
        except CorruptRecord as error:
            log.error("not all names of %s can be read: %s", module, error)
