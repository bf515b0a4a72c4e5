"""Where each line of an order goes, and why: every rule that was looked at, in words. Pure."""

from __future__ import annotations

from typing import Any

from heard.order import Line, Order, in_english
from hub.core.routing import RoutingPlan


def explained(order: Order, plan: RoutingPlan) -> list[dict[str, Any]]:
    """A row a line: where it stands now, where the rules would send it now, and each rule until the one that matches."""
    would = plan.assigned(order, order.lines)
    rows = []
    for line in order.lines:
        routed = would[line.line_id]
        rows.append(
            {
                "line_id": line.line_id,
                "name": name_of(line),
                "item": line.item_id,
                "category": line.category,
                "part_of": line.part_of,
                "at": [
                    {"station": at.station, "state": at.state.name, "taken_from": list(at.taken_from)}
                    for at in line.stations
                ],
                "then": list(line.then),
                "nobodys": line.nobodys,
                "would_go_to": list(routed.stations),
                "would_then_go_to": list(routed.then),
                "why": routed.why,
                "rules": [
                    {"number": one.number, "says": one.says, "missed": one.missed}
                    for one in ([] if line.no_kitchen or line.combo else plan.tried(order, line))
                ],
            }
        )
    return rows


def name_of(line: Line) -> str:
    """English, else the first language, else the item's id."""
    return in_english(line.name, line.item_id)


def explain_lines(found: dict[str, Any]) -> list[str]:
    """The rows as people read them."""
    lines = [found["order"]]
    for row in found["lines"]:
        what = ", ".join(f"{word} {row[word]}" for word in ("item", "category") if row[word])
        part = f", part of {row['part_of']}" if row["part_of"] else ""
        lines.append(f"  {row['name']} ({what or 'no item, no category'}{part})")
        here = [_here(at) for at in row["at"]]
        if here:
            then = "".join(f", then {station}" for station in row["then"])
            nobodys = ", as nobody's line" if row["nobodys"] else ""
            lines.append(f"    is at {', also at '.join(here)}{then}{nobodys}")
        for rule in row["rules"]:
            lines.append(f"    rule {rule['number']}: {rule['says']}: {rule['missed'] or 'matches'}")
        last = row["rules"][-1] if row["rules"] else None
        if last is None or last["missed"]:
            lines.append(f"    {row['why']}")
        elif settled := row["why"].removeprefix(f"rule {last['number']}: {last['says']}"):
            lines.append(f"    {settled.strip(' ()')}")
        now = {at["station"] for at in row["at"]}
        would = row["would_go_to"]
        if row["at"] and set(would) - now:
            lines.append(f"    a new one would go to {', '.join(would)}: what is held stays where it is")
        elif not row["at"] and would:
            then = "".join(f", then {station}" for station in row["would_then_go_to"])
            lines.append(f"    goes to {', also to '.join(would)}{then}")
    return lines


def _here(at: dict[str, Any]) -> str:
    was = f", was at {', then '.join(at['taken_from'])}" if at["taken_from"] else ""
    return f"{at['station']} ({at['state']}{was})"
