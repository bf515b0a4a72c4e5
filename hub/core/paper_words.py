"""What people are told about kitchen printers. One sentence: what is wrong, with which, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from heard.order import Text
from heard.stream import SiteProfile
from hub.core.causes import in_arabic
from hub.core.hearing_words import names_of

NAMED_MAX = 3
"""Orders by name; of the others how many."""


def trouble_words(profile: SiteProfile, printer: str, why: str) -> Text:
    """ "Bar Printer does not print: it has no paper." """
    english, arabic = names_of(profile, printer)
    return {"en": f"{english} does not print: {why}.", "ar": f"{arabic} لا تطبع: {in_arabic(why)}."}


def dead_words(profile: SiteProfile, printer: str, orders: Sequence[str], why: str = "") -> Text:
    """ "Bar Printer did not print #1, #2, #3 and 5 more. Tell the kitchen (it has no paper)." """
    english, arabic = names_of(profile, printer)
    named = ", ".join(orders[:NAMED_MAX])
    others = len(orders) - NAMED_MAX
    more, more_ar = (f" and {others} more", f" و{others} غيرها") if others > 0 else ("", "")
    reason, reason_ar = (f" ({why})", f" ({in_arabic(why)})") if why else ("", "")
    return {
        "en": f"{english} did not print {named}{more}. Tell the kitchen{reason}.",
        "ar": f"لم تطبع {arabic} {named}{more_ar}. أخبر المطبخ{reason_ar}.",
    }
