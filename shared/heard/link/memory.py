"""What a device remembers of its hub over a restart: where it was, the site's settings, the day, and the hub's time line."""

from __future__ import annotations

import base64
import binascii
import logging

from google.protobuf.message import DecodeError

from heard.link.core.applied import Applied
from heard.link.journal_file import JournalFile
from heard.revision import Epoch
from heard.stream import Document, Hello, SiteProfile
from heard.v1 import kitchen_pb2
from heard.wire import profile_from_pb, profile_to_pb

log = logging.getLogger(__name__)

OFF_MS_MAX = 7 * 24 * 3600 * 1000
"""A longer time between two runs is rather a wrong clock than a screen that was off."""


class Memory:
    """Small values in a journal; writing is gathered there."""

    def __init__(self, journal: JournalFile) -> None:
        self._journal = journal
        values = journal.kept.values
        self.address = values.get("address", "")
        self.hub_id = values.get("hub_id", "")
        self.business_date = values.get("business_date", "")
        self.profile = _profile(values.get("profile", ""))
        self._hub_ms, self._wall_ms = _times(values.get("hub_time", ""))
        self._written = {
            key: values.get(key, "") for key in ("address", "hub_id", "business_date", "profile")
        }

    def hub_now_ms(self, wall_ms: int) -> int:
        """The hub's time line carried on by the wall clock, not trusted further than a week; 0 when nothing is known."""
        passed_ms = wall_ms - self._wall_ms
        return self._hub_ms + passed_ms if self._hub_ms and 0 <= passed_ms <= OFF_MS_MAX else self._hub_ms

    def greeted(self, address: str, hello: Hello) -> None:
        """The device talks to this hub."""
        self._put("address", address)
        self._put("hub_id", hello.store_id)
        self._put("business_date", hello.business_date)
        self.site_changed(hello.profile)

    def site_changed(self, profile: SiteProfile) -> None:
        """The hub's settings are these now."""
        self.profile = profile
        data = profile_to_pb(profile).SerializeToString(deterministic=True)
        self._put("profile", base64.b64encode(data).decode())

    def applied(self, applied: Applied, view: str, epoch: Epoch, rev: int, hub_ms: int, wall_ms: int) -> None:
        """The picture has changed; `rev` is where a later run may resume."""
        changes: dict[str, Document | None] = dict.fromkeys(applied.removes)
        changes.update({document.order_id: document for document in applied.puts})
        self._journal.save_documents(changes, clear=applied.reset, view=view, epoch=epoch, rev=rev)
        self._journal.set_value("hub_time", f"{hub_ms} {wall_ms}")

    def _put(self, key: str, value: str) -> None:
        if self._written[key] != value:
            self._written[key] = value
            self._journal.set_value(key, value)


def _profile(text: str) -> SiteProfile:
    try:
        return (
            profile_from_pb(kitchen_pb2.SiteProfile.FromString(base64.b64decode(text)))
            if text
            else SiteProfile()
        )
    except (binascii.Error, DecodeError) as error:
        log.warning("the remembered settings of the site cannot be read: %s", error)
        return SiteProfile()


def _times(text: str) -> tuple[int, int]:
    hub, _, wall = text.partition(" ")
    return (int(hub), int(wall)) if hub.isdigit() and wall.isdigit() else (0, 0)
