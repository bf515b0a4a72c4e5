"""What `heard hub --check` prints: the settings as the hub understands them. Pure."""

from __future__ import annotations

from heard.order import OrderType, Text
from heard.stream import AgeLimits
from hub.config.model import Cloud, Config, Station
from hub.core.routing import Rule
from hub.core.stations import TimedPause

AGELESS = frozenset({"printer", "board", "cart"})
"""Roles that show no age of a ticket."""


def summary(config: Config) -> str:
    """Site, network, store, stations and routes, a line each."""
    network, retention = config.network, config.retention
    numbers = config.call_numbers
    backups = (
        f"a copy every {retention.backup_every_min} min, {retention.backups_kept} kept"
        if retention.backup_every_min
        else "no copies"
    )
    rows = [
        ("settings", config.source),
        (
            "site",
            f"{config.site_name} ({', '.join(config.languages)}), {config.digits} digits, "
            f"{config.time_zone or 'the time zone of this machine'}",
        ),
        (
            "network",
            f"{network.host} port {network.port or 'chosen by the system'}, metrics on 127.0.0.1 port "
            f"{network.admin_port or 'chosen by the system'}, {'announced by mDNS' if network.mdns else 'not announced'}",
        ),
        ("store", f"{config.data}, {backups}, closed orders kept {retention.closed_orders_days} days"),
        (
            "business day",
            f"ends in the first quiet half hour after {config.cut_off_hour:02}:00, at the latest 4 hours later",
        ),
        ("call numbers", f"{numbers.first} to {numbers.last}"),
        ("kitchen", _kitchen(config)),
        ("cloud", _cloud(config.cloud)),
    ]
    rows += [("station" if not index else "", _station(one)) for index, one in enumerate(config.stations)]
    rows += [
        ("route" if not index else "", _rule(index + 1, rule)) for index, rule in enumerate(config.routes)
    ]
    rest = ", ".join(config.prep_stations)
    rows.append(("" if config.routes else "route", f"everything else → {rest}, as nobody's lines"))
    rows += [("pause" if not index else "", _pause(one)) for index, one in enumerate(config.pauses)]
    width = max(len(head) for head, _ in rows)
    return "\n".join(f"{head:<{width}}  {text}" for head, text in rows)


def _kitchen(config: Config) -> str:
    kitchen, limits = config.kitchen, config.rules().release_per_min
    said = [f"scheduled orders {kitchen.lead_min} min before they are due"]
    if limits:
        said.append(
            "at most " + ", ".join(f"{count} a minute at {station}" for station, count in limits.items())
        )
    said.append("courses fired by themselves" if kitchen.auto_fire else "courses fired by hand")
    if kitchen.pacing:
        said.append("paced by prep time")
    if kitchen.slip_on_bump:
        said.append(f"a slip of what goes out at {kitchen.slip_on_bump}")
    return ", ".join(said)


def _cloud(cloud: Cloud) -> str:
    if not cloud.url:
        return "none"
    return (
        f"{cloud.url} as {cloud.hub}, profile {cloud.profile}, asked every {cloud.poll_interval_s} s "
        f"until it says otherwise, token in {cloud.secret_file}"
    )


def _station(one: Station) -> str:
    ages = dict(one.ages)
    limits = ages.get("", AgeLimits())
    parts = [f"{one.station} ({one.role})", _text(one.name)]
    if one.role not in AGELESS:
        parts.append(f"ages {_ages(limits)}")
        parts += [f"{_type(word)} {_ages(found)}" for word, found in ages.items() if word]
    parts += [f"{one.paper_mm} mm paper at {one.address}"] if one.address else []
    parts += [f"one of {one.group}"] if one.group else []
    parts += [f"taken over by {', then '.join(one.backup)}"] if one.backup else []
    parts += [f"copies at {one.printer}"] if one.printer else []
    return ", ".join(part for part in parts if part)


def _pause(one: TimedPause) -> str:
    start, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in (one.from_minute, one.until_minute))
    where = ", ".join(station or "the whole site" for station in one.stations)
    return f"{where}, {start} to {end}, {', '.join(one.days) or 'every day'}"


def _rule(number: int, rule: Rule) -> str:
    given = (
        ("item", rule.items),
        ("category", rule.categories),
        ("order type", tuple(_type(word) for word in rule.order_types)),
        ("area", rule.areas),
        ("terminal", rule.terminals),
    )
    said = [f"{name} {' or '.join(words)}" for name, words in given if words]
    steps = ", then ".join((", ".join(rule.stations), *rule.then))
    return f"{number}. {' and '.join(said) or 'everything'} → {steps}"


def _type(word: str) -> str:
    """One of ours as the file writes it, a till's own word as the till does."""
    return word.lower() if word in OrderType.__members__ else word


def _text(text: Text) -> str:
    return " / ".join(text.values())


def _ages(limits: AgeLimits) -> str:
    return f"{_clock(limits.warn_s)} / {_clock(limits.late_s)}"


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"
