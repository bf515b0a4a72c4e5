"""What a hub tells of its site: profile, items that are out, closed and paused stations; to and from protobuf."""

from __future__ import annotations

from heard import stream as s
from heard.order import NO_TEXT
from heard.v1 import kitchen_pb2
from heard.wire.line import put_text, text_from_pb


def profile_to_pb(
    profile: s.SiteProfile, into: kitchen_pb2.SiteProfile | None = None
) -> kitchen_pb2.SiteProfile:
    """`into` is filled and returned when given."""
    message = kitchen_pb2.SiteProfile() if into is None else into
    message.name = profile.name
    message.languages.extend(profile.languages)
    message.digits = profile.digits
    message.allergy_words.extend(profile.allergy_words)
    message.time_zone = profile.time_zone
    message.cut_off_hour = profile.cut_off_hour
    for reason in profile.remake_reasons:
        put_text(message.remake_reasons.add(), reason)
    for station in profile.stations:
        target = message.stations.add(
            station=station.station, icon=station.icon, role=station.role, group=station.group
        )
        put_text(target.name, station.name)
        target.languages.extend(station.languages)
        for order_type, limits in (station.ages or {}).items():
            target.ages[order_type].warn_s = limits.warn_s
            target.ages[order_type].late_s = limits.late_s
        if station.screen != s.ScreenSettings():
            _screen_to_pb(station.screen, target.screen)
    return message


def profile_from_pb(message: kitchen_pb2.SiteProfile) -> s.SiteProfile:
    """The site's profile."""
    return s.SiteProfile(
        name=message.name,
        stations=tuple(
            s.StationProfile(
                station=one.station,
                name=text_from_pb(one.name),
                icon=one.icon,
                ages={name: s.AgeLimits(limits.warn_s, limits.late_s) for name, limits in one.ages.items()},
                languages=tuple(one.languages),
                role=one.role,
                group=one.group,
                screen=_screen_from_pb(one.screen) if one.HasField("screen") else s.ScreenSettings(),
            )
            for one in message.stations
        ),
        languages=tuple(message.languages),
        digits=message.digits,
        allergy_words=tuple(message.allergy_words),
        time_zone=message.time_zone,
        cut_off_hour=message.cut_off_hour if message.HasField("cut_off_hour") else s.CUT_OFF_HOUR,
        remake_reasons=tuple(text_from_pb(one) for one in message.remake_reasons),
    )


_SCREEN_WORDS = ("layout", "keys", "grammar", "slots")


def _screen_to_pb(screen: s.ScreenSettings, message: kitchen_pb2.ScreenSettings) -> None:
    for name in _SCREEN_WORDS:
        setattr(message, name, getattr(screen, name))
    message.key_map.update(screen.key_map)
    message.sounds.update(screen.sounds)
    if screen.rail is not None:
        message.rail = screen.rail
    if screen.volume_percent is not None:
        message.volume_percent = screen.volume_percent


def _screen_from_pb(message: kitchen_pb2.ScreenSettings) -> s.ScreenSettings:
    return s.ScreenSettings(
        layout=message.layout,
        keys=message.keys,
        key_map=dict(message.key_map) or NO_TEXT,
        grammar=message.grammar,
        slots=message.slots,
        rail=message.rail if message.HasField("rail") else None,
        volume_percent=message.volume_percent if message.HasField("volume_percent") else None,
        sounds=dict(message.sounds) or NO_TEXT,
    )


def out_items_to_pb(out: s.OutItems, message: kitchen_pb2.OutItems) -> None:
    """Fills `message`."""
    message.SetInParent()
    for item in out.items:
        target = message.items.add(
            item_id=item.item_id, available=item.available, since_ms=item.since_ms, by=item.by
        )
        put_text(target.name, item.name)


def out_items_from_pb(message: kitchen_pb2.OutItems) -> s.OutItems:
    """The items that are out."""
    return s.OutItems(
        tuple(
            s.ItemAvailability(one.item_id, one.available, text_from_pb(one.name), one.since_ms, one.by)
            for one in message.items
        )
    )


def site_state_to_pb(state: s.SiteState, message: kitchen_pb2.SiteState) -> None:
    """Fills `message`."""
    message.SetInParent()
    message.nobodys_lines = state.nobodys_lines
    for one in state.stations:
        message.stations.add(
            station=one.station,
            closed=one.closed,
            closed_to=one.closed_to,
            paused_until_ms=one.paused_until_ms,
        )


def site_state_from_pb(message: kitchen_pb2.SiteState) -> s.SiteState:
    """Closed and paused stations."""
    return s.SiteState(
        tuple(
            s.StationStatus(one.station, one.closed, one.closed_to, one.paused_until_ms)
            for one in message.stations
        ),
        message.nobodys_lines,
    )
