"""Counts a painted list by dish: every line that is to be made or was changed stands under its dish, and the sums are right."""

from __future__ import annotations

from display.core.draw import Group, Text
from display.core.fixture import Fixture
from display.core.look import Look, pick
from display.screens.scene import Scene
from heard.ticket import TO_MAKE_STATES, tickets
from tests.display.counting import extent, groups, plain, texts


def check_list(scene: Scene, content: Fixture, look: Look) -> None:
    """Every rule of a counted list."""
    drawn = {
        (line.ticket, line.line_id) for tile in scene.stands.tiles for line in tile.box.lines if line.ticket
    }
    bumped = {order.order_id for order in content.orders if order.call_number in content.bumped}
    wanted = {
        (ticket.key, line.line.line_id)
        for order in content.orders
        for ticket in tickets(order, content.station)
        for line in ticket.lines
        if line.at.state in TO_MAKE_STATES or line.unseen
    }
    assert drawn <= wanted
    if scene.pages == 1 and not bumped and not content.filter:
        assert drawn == wanted, "every line that is to be made or was changed stands under its dish"
    for key, group in groups(scene.picture).items():
        for op in group.ops:
            left, right = extent(op, look.measurer)
            assert left >= 0, (key, op)
            assert right <= group.w, (key, op)
    _check_sums(scene, content, look)


def _check_sums(scene: Scene, content: Fixture, look: Look) -> None:
    """The number of each dish is the sum of what its tickets ask for."""
    sums: dict[str, int] = {}
    for order in content.orders:
        for ticket in tickets(order, content.station):
            for line in ticket.lines:
                if line.at.state in TO_MAKE_STATES:
                    name = pick(line.line.name, look.first, look.site_languages)
                    sums[name] = sums.get(name, 0) + line.to_make_milli
    counted: dict[str, int] = {}
    for group in scene.picture.ops:
        if not isinstance(group, Group) or not group.key.startswith("item:") or not group.key.endswith("/0"):
            continue
        named = [name for name in sums if name in " ".join(texts(group))]
        if not named:
            assert look.words.say("pill.CANCELLED") in texts(group), "of it there are only voids to be seen"
            continue
        numbers = [op for op in group.ops if isinstance(op, Text) and op.size == look.theme.number_text]
        count = next(
            plain(op.text)
            for op in numbers
            if op.y < look.theme.px(40) and plain(op.text).replace(".", "").isdigit()
        )
        counted[named[0]] = counted.get(named[0], 0) + round(float(count) * 1000)
    assert all(counted[name] <= sums[name] for name in counted)
    assert bool(counted) == bool(sums)
