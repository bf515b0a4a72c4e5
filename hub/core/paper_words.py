"""What people are told about kitchen printers. One sentence: what is wrong, with which, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from heard.order import Text
from heard.stream import SiteProfile
from hub.core.hearing_words import names_of

NAMED_MAX = 3
"""Orders by name; of the others how many."""
ARABIC = {
    "it has no paper": "لا يوجد ورق",
    "its cover is open": "الغطاء مفتوح",
    "it reports an error": "تبلغ عن خطأ",
    "it does not answer": "لا تجيب",
    "no machine has its name": "لا جهاز بهذا الاسم",
    "its address lets nobody print": "عنوانها لا يقبل الطباعة",
    "it closed the connection": "قطعت الاتصال",
    "it closed the connection before it said that it was done": "قطعت الاتصال قبل أن تؤكد الطباعة",
    "it did not say that it was done": "لم تؤكد الطباعة",
}
"""What a printer may have; what is missing here is said in English (see `hub.printer`)."""


def trouble_words(profile: SiteProfile, printer: str, why: str) -> Text:
    """ "Bar Printer does not print: it has no paper." """
    english, arabic = names_of(profile, printer)
    return {"en": f"{english} does not print: {why}.", "ar": f"{arabic} لا تطبع: {ARABIC.get(why, why)}."}


def dead_words(profile: SiteProfile, printer: str, orders: Sequence[str], why: str = "") -> Text:
    """ "Bar Printer did not print #1, #2, #3 and 5 more. Tell the kitchen (it has no paper)." """
    english, arabic = names_of(profile, printer)
    named = ", ".join(orders[:NAMED_MAX])
    others = len(orders) - NAMED_MAX
    more, more_ar = (f" and {others} more", f" و{others} غيرها") if others > 0 else ("", "")
    reason = f" ({why})" if why else ""
    return {
        "en": f"{english} did not print {named}{more}. Tell the kitchen{reason}.",
        "ar": f"لم تطبع {arabic} {named}{more_ar}. أخبر المطبخ.",
    }
