"""The settings that hold at a hub whose store is looked into: its file's, and over them what was set at the hub."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hub.config import Config
    from hub.store.reader import Reader


def file_settings(path: Path | None) -> Config:
    """What the file says, the defaults without one. Raises UserError."""
    from hub.config import Config, load_config

    return load_config(path) if path else Config()


def settings_that_hold(base: Config, reader: Reader) -> Config:
    """`base` with what `heard config set` put into this store. The cloud's module is not asked."""
    from hub.config.layers import FILE, SET, Layer, effective, table_of
    from hub.core.decision import SETTINGS_KEY
    from hub.core.settings import settings_of

    stored = settings_of(reader.get(SETTINGS_KEY))
    set_here = table_of({one.key: json.loads(one.value) for one in stored.entries})
    return effective(base, [Layer(FILE, base.table), Layer(SET, set_here)]).config
