"""What is committed and not in the tables yet reads as if it were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import lmdb
from hypothesis import given
from hypothesis import strategies as st

from hub.store.overlay import Layer, Look, Overlay, Writes

TABLE = b"t"
KEYS = st.binary(min_size=1, max_size=2)
ROWS = st.dictionaries(KEYS, st.binary(max_size=3))
CHANGES = st.dictionaries(KEYS, st.one_of(st.none(), st.binary(max_size=3)))


@contextmanager
def looked(rows: dict[bytes, bytes], over: dict[bytes, bytes | None]) -> Iterator[Look]:
    """A look at a real table with `rows`, under `over`."""
    with TemporaryDirectory(prefix="heard-overlay-") as place:
        env = lmdb.open(str(Path(place)), max_dbs=1, sync=False)
        table = env.open_db(TABLE)
        with env.begin(write=True) as txn:
            for key, record in rows.items():
                txn.put(key, record, db=table)
        with env.begin() as txn:
            yield Look(txn, {TABLE: table}, {TABLE: over})
        env.close()


@given(rows=ROWS, over=CHANGES, start=st.binary(max_size=2))
def test_a_look_is_the_table_with_the_overlay_laid_over_it(
    rows: dict[bytes, bytes], over: dict[bytes, bytes | None], start: bytes
) -> None:
    wanted = {key: one for key, one in {**rows, **over}.items() if one is not None}
    with looked(rows, over) as look:
        assert {key: look.get(TABLE, key) for key in {*rows, *over}} == {
            key: wanted.get(key) for key in {*rows, *over}
        }
        assert list(look.walk(TABLE, start)) == sorted(row for row in wanted.items() if row[0] >= start)
        below = [row for row in wanted.items() if not start or row[0] < start]
        assert list(look.walk_back(TABLE, start)) == sorted(below, reverse=True)
        assert look.count(TABLE) == len(wanted)


def test_layers_go_when_the_tables_have_them_and_the_rest_still_counts() -> None:
    layers: list[Writes] = [
        {b"a": {b"k": b"1", b"gone": b"1"}},
        {b"a": {b"k": b"2", b"gone": None}, b"b": {b"x": b"2"}},
        {b"a": {b"k": None}},
    ]
    overlay = Overlay()
    for number, writes in enumerate(layers, 1):
        overlay.add(Layer(number, writes))
    assert overlay.rows == {b"a": {b"k": None, b"gone": None}, b"b": {b"x": b"2"}}
    assert overlay.written == 6
    overlay.drop(0)
    assert len(overlay.layers) == 3
    overlay.drop(2)
    assert overlay.rows == {b"a": {b"k": None}}
    assert overlay.written == 1
    overlay.drop(9)
    assert (overlay.rows, overlay.written, list(overlay.layers)) == ({}, 0, [])
    assert layers[0] == {b"a": {b"k": b"1", b"gone": b"1"}}, "a layer belongs to its commit"
