"""What people are told about heard and not heard. One sentence: what is wrong, for how long, what to do."""

from __future__ import annotations

from collections.abc import Iterable

from heard.order import ChangeKind, Order, Text
from heard.stream import LineVoided, SiteProfile
from hub.core.printing import PRINTER


def station_name(profile: SiteProfile, station: str) -> str:
    """The station's English name, else its first one, else its id."""
    found = profile.station(station)
    if found is None or not found.name:
        return station.capitalize()
    return found.name.get("en") or next(iter(found.name.values()))


def names_of(profile: SiteProfile, station: str) -> tuple[str, str]:
    """The station's name in English and in Arabic, each else as `station_name`."""
    english = station_name(profile, station)
    found = profile.station(station)
    return english, (found.name.get("ar") if found is not None else "") or english


def order_name(order: Order) -> str:
    """What the kitchen calls the order: "#214", else its table or a short id."""
    if order.call_number:
        return f"#{order.call_number}"
    return f"table {order.table}" if order.table else f"order {order.order_id[-6:]}"


def minutes(elapsed_ms: int) -> str:
    """ "0:12"."""
    seconds = max(0, elapsed_ms) // 1000
    return f"{seconds // 60}:{seconds % 60:02d}"


def not_heard_words(
    profile: SiteProfile, station: str, order: Order, elapsed_ms: int, others: int = 0
) -> str:
    """ "Grill has not seen #214 (0:12). Tell the grill." """
    name = station_name(profile, station)
    more = f" and {others} more" if others else ""
    found = profile.station(station)
    if found is not None and found.role == PRINTER:
        return (
            f"{name} has not printed {order_name(order)}{more} ({minutes(elapsed_ms)}). Look at the printer."
        )
    return f"{name} has not seen {order_name(order)}{more} ({minutes(elapsed_ms)}). Tell the {name.lower()}."


def station_alarm_words(profile: SiteProfile, station: str, *, raised: bool) -> str:
    """The line that ends an alarm."""
    name = station_name(profile, station)
    return f"{name} has not seen its orders." if raised else f"{name} has seen all its orders."


def behind_words(before: int) -> str:
    """ "2 tickets before it"."""
    return f"{before} ticket{'' if before == 1 else 's'} before it"


def void_words(answers: Iterable[LineVoided]) -> str:
    """ "void l1=MADE l2=NOT_MADE"."""
    return "void " + " ".join(f"{one.line_id}={one.answer.name}" for one in answers)


UNANSWERED = {ChangeKind.VOIDED: ("the void of", "إلغاء"), ChangeKind.ALLERGY: ("the allergy of", "حساسية")}


def unanswered_words(
    profile: SiteProfile, station: str, kind: ChangeKind, order: str, others: int = 0
) -> Text:
    """ "GRILL has not answered the void of #214. Tell the grill." `order` is its `order_name`."""
    english, arabic = names_of(profile, station)
    what, what_ar = UNANSWERED[kind]
    more, more_ar = (f" and {others} more", f" و{others} غيرها") if others else ("", "")
    return {
        "en": f"{english.upper()} has not answered {what} {order}{more}. Tell the {english.lower()}.",
        "ar": f"لم تردّ {arabic} على {what_ar} {order}{more_ar}. أخبر {arabic}.",
    }


def nobody_words(profile: SiteProfile, station: str) -> Text:
    """ "NOBODY AT GRILL?" """
    english, arabic = names_of(profile, station)
    return {"en": f"NOBODY AT {english.upper()}?", "ar": f"لا أحد في {arabic}؟"}
