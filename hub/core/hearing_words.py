"""What people are told about heard and not heard. One sentence: what is wrong, for how long, what to do."""

from __future__ import annotations

from collections.abc import Iterable

from heard.order import NO_TEXT, ChangeKind, Order, Text, in_english
from heard.stream import LineVoided, SiteProfile
from hub.core.printing import PRINTER


def station_name(profile: SiteProfile, station: str) -> str:
    """The station's English name, else its first one, else its id."""
    found = profile.station(station)
    name = NO_TEXT if found is None else found.name
    return in_english(name, station.capitalize())


def names_of(profile: SiteProfile, station: str) -> tuple[str, str]:
    """The station's name in English and in Arabic, each else as `station_name`."""
    english = station_name(profile, station)
    found = profile.station(station)
    return english, (found.name.get("ar") if found is not None else "") or english


def order_name(order: Order) -> str:
    """What the kitchen calls the order: "#214", else its table or a short id."""
    return order_names(order)[0]


def order_names(order: Order) -> tuple[str, str]:
    """The same in English and in Arabic."""
    if order.call_number:
        return f"#{order.call_number}", f"#{order.call_number}"
    if order.table:
        return f"table {order.table}", f"طاولة {order.table}"
    return f"order {order.order_id[-6:]}", f"رقم {order.order_id[-6:]}"


def minutes(elapsed_ms: int) -> str:
    """ "0:12"."""
    seconds = max(0, elapsed_ms) // 1000
    return f"{seconds // 60}:{seconds % 60:02d}"


def not_heard_words(
    profile: SiteProfile, station: str, order: Order, elapsed_ms: int, others: int = 0
) -> Text:
    """ "Grill has not seen #214 (0:12). Tell the grill." """
    english, arabic = names_of(profile, station)
    (what, what_ar), time = order_names(order), minutes(elapsed_ms)
    more, more_ar = (f" and {others} more", f" و{others} غيره") if others else ("", "")
    found = profile.station(station)
    if found is not None and found.role == PRINTER:
        return {
            "en": f"{english} has not printed {what}{more} ({time}). Look at the printer.",
            "ar": f"لم تطبع {arabic} الطلب {what_ar}{more_ar} ({time}). تفقّد الطابعة.",
        }
    return {
        "en": f"{english} has not seen {what}{more} ({time}). Tell the {english.lower()}.",
        "ar": f"لم ترَ {arabic} الطلب {what_ar}{more_ar} ({time}). أخبر {arabic}.",
    }


def all_seen_words(profile: SiteProfile, station: str) -> Text:
    """The line that ends an alarm, for the log."""
    return {"en": f"{station_name(profile, station)} has seen all its orders."}


def took_over_words(profile: SiteProfile, station: str, takers: Iterable[str]) -> Text:
    """ "Fry took over orders that Grill has not seen." """
    english, arabic = names_of(profile, station)
    names = [names_of(profile, one) for one in takers]
    return {
        "en": f"{' and '.join(en for en, _ in names)} took over orders that {english} has not seen.",
        "ar": f"أُحيلت إلى {' و'.join(ar for _, ar in names)} طلبات لم ترها {arabic}.",
    }


def behind_words(before: int) -> str:
    """ "2 tickets before it"."""
    return f"{before} ticket{'' if before == 1 else 's'} before it"


def void_words(answers: Iterable[LineVoided]) -> str:
    """ "void l1=MADE l2=NOT_MADE"."""
    return "void " + " ".join(f"{one.line_id}={one.answer.name}" for one in answers)


UNANSWERED = {ChangeKind.VOIDED: ("the void of", "إلغاء"), ChangeKind.ALLERGY: ("the allergy of", "حساسية")}


def unanswered_words(
    profile: SiteProfile, station: str, kind: ChangeKind, order: tuple[str, str], others: int = 0
) -> Text:
    """ "GRILL has not answered the void of #214. Tell the grill." `order` is its `order_names`."""
    english, arabic = names_of(profile, station)
    what, what_ar = UNANSWERED[kind]
    more, more_ar = (f" and {others} more", f" و{others} غيرها") if others else ("", "")
    return {
        "en": f"{english.upper()} has not answered {what} {order[0]}{more}. Tell the {english.lower()}.",
        "ar": f"لم تردّ {arabic} على {what_ar} {order[1]}{more_ar}. أخبر {arabic}.",
    }


def nobody_words(profile: SiteProfile, station: str) -> Text:
    """ "NOBODY AT GRILL?" """
    english, arabic = names_of(profile, station)
    return {"en": f"NOBODY AT {english.upper()}?", "ar": f"لا أحد في {arabic}؟"}
