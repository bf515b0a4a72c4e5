"""The two images of the store: `ahead` for deciding, `committed` for everything else. Pure.

Open orders and the small documents are held as values; closed orders and old answers are fetched from disk by `fetch`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from heard.order import Order
from heard.quick import quick
from heard.ticket import views
from hub.core.decision import Decision, Doc, Docs, Key
from hub.store.layout import DOCS, table_of

NO_VIEWS: frozenset[str] = frozenset()


@quick
@dataclass(frozen=True, slots=True)
class Changed:
    """What one decision does to one key. `new_views` is empty for what is no open order."""

    key: Key
    old: Doc | None
    new: Doc | None
    old_views: frozenset[str] = NO_VIEWS
    new_views: frozenset[str] = NO_VIEWS
    table: bytes | None = None
    """None: an order."""


@dataclass(slots=True)
class _Held:
    """A document of the ahead image and the revision that put it there."""

    rev: int
    doc: Doc | None
    views: frozenset[str]


@dataclass(slots=True)
class Images:
    """`committed` is advanced by `publish` in order of rev; `ahead` by `apply`; `forget` throws ahead away."""

    fetch: Callable[[Key], Doc | None]
    """Reads a document that is not resident; what is on disk."""
    orders: dict[Key, Order] = field(default_factory=dict)
    views: dict[Key, frozenset[str]] = field(default_factory=dict)
    docs: dict[Key, Doc] = field(default_factory=dict)
    ahead: dict[Key, _Held] = field(default_factory=dict)

    def load(self, documents: Iterable[tuple[Key, Doc]]) -> None:
        """Takes in the resident documents of a store that was just opened."""
        for key, doc in documents:
            self._put(key, table_of(key), doc, views(doc) if isinstance(doc, Order) else NO_VIEWS)

    def committed(self, key: Key) -> Doc | None:
        """The committed document."""
        doc = self.orders.get(key) or self.docs.get(key)
        if doc is not None:
            return doc
        return None if table_of(key) == DOCS else self.fetch(key)

    def newest(self, key: Key) -> Doc | None:
        """The document as the next decision must see it."""
        held = self.ahead.get(key)
        return self.committed(key) if held is None else held.doc

    def changes(self, decision: Decision, docs: Docs) -> tuple[Changed, ...]:
        """What the decision changes, seen from the ahead image, of which `docs` were just read; nothing is applied yet."""
        found = []
        for key, doc in decision.puts.items():
            if isinstance(doc, Order):
                old, old_views = self._newest_order(key, docs)
                found.append(Changed(key, old, doc, old_views, views(doc)))
            else:
                found.append(Changed(key, None, doc, table=table_of(key)))
        for key in decision.deletes:
            table = table_of(key)
            old, old_views = self._newest_order(key, docs) if table is None else (None, NO_VIEWS)
            found.append(Changed(key, old, None, old_views, table=table))
        return tuple(found)

    def apply(self, rev: int, changes: Iterable[Changed]) -> None:
        """Puts them into the ahead image."""
        for one in changes:
            self.ahead[one.key] = _Held(rev, one.new, one.new_views)

    def publish(self, rev: int, changes: Iterable[Changed]) -> None:
        """The changes of revision `rev` are on disk."""
        for one in changes:
            self._put(one.key, one.table, one.new, one.new_views)
            held = self.ahead.get(one.key)
            if held is not None and held.rev <= rev:
                del self.ahead[one.key]

    def forget(self) -> None:
        """What was decided and not committed is lost: ahead is committed again."""
        self.ahead.clear()

    def _newest_order(self, key: Key, docs: Docs) -> tuple[Doc | None, frozenset[str]]:
        held = self.ahead.get(key)
        if held is not None:
            return held.doc, held.views
        # A new order is on no page of the disk: looking once is enough.
        return docs[key] if key in docs else self.committed(key), self.views.get(key, NO_VIEWS)

    def _put(self, key: Key, table: bytes | None, doc: Doc | None, doc_views: frozenset[str]) -> None:
        if table is None:
            if isinstance(doc, Order) and doc_views:  # every open order stands in some view
                self.orders[key] = doc
                self.views[key] = doc_views
            else:
                self.orders.pop(key, None)
                self.views.pop(key, None)
        elif table == DOCS:
            if doc is None:
                self.docs.pop(key, None)
            else:
                self.docs[key] = doc
