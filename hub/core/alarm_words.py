"""What staff is told of the hub itself (clock, cloud, store, printers, numbers), in English and Arabic. Pure.

An alarm can only be made from this table, so none is without its Arabic: who raises one takes or returns `AlarmText`.
"""

from __future__ import annotations

from collections.abc import Mapping

from heard.order import NO_TEXT, Text
from hub.core.causes import CAUSES, FINDINGS, in_arabic

WORDS: Mapping[str, tuple[str, str]] = {
    # Clock
    "clock": (
        "The hub's clock is in doubt: {why}. The business day does not roll.",
        "ساعة الخادم مشكوك فيها: {why}. لا ينتقل يوم العمل.",
    ),
    "clock.before_build": (
        "the clock says {time}, which was before this hub was built",
        "تقول الساعة {time}، وهو قبل صدور هذا البرنامج",
    ),
    "clock.behind_mark": (
        "at start the clock stood behind the time that this hub had reached; it says {time}",
        "عند التشغيل كانت الساعة متأخرة عمّا بلغه الخادم؛ تقول {time}",
    ),
    "clock.jumped": ("the clock jumped; it says {time}", "قفزت الساعة؛ تقول {time}"),
    "clock.remembered": (
        "the clock was in doubt when the hub last stopped; it says {time}",
        "كانت الساعة مشكوكًا فيها عند آخر توقف للخادم؛ تقول {time}",
    ),
    # Cloud
    "cloud.refused": ("the cloud does not let this hub in: {why}", "السحابة لا تسمح لهذا الخادم بالدخول: {why}"),
    "cloud.refuses_all": ("the cloud refuses every document: {why}", "السحابة ترفض كل المستندات: {why}"),
    "cloud.refuses_again": (
        "the cloud refuses what waits for it, again and again: {why}",
        "السحابة ترفض مرة بعد مرة ما ينتظرها: {why}",
    ),
    "cloud.two_stores": (
        "the cloud holds a later epoch of this hub: two stores speak for one hub",
        "لدى السحابة إصدار أحدث لهذا الخادم: مخزنان يتحدثان باسم خادم واحد",
    ),
    "cloud.document": (
        "1 document is refused by the cloud: heard orders --errors says why",
        "مستند واحد رفضته السحابة: السبب في heard orders --errors",
    ),
    "cloud.documents": (
        "{n} documents are refused by the cloud: heard orders --errors says why",
        "{n} مستندات رفضتها السحابة: السبب في heard orders --errors",
    ),
    # Numbers and printers
    "numbers": ("Fiscal numbers of {device}, series {series}: {why}", "أرقام الفواتير لـ {device}، السلسلة {series}: {why}"),
    "numbers.went_back": (
        "the counter went back: a journal from an older copy, or two machines count with it",
        "رجع العدّاد إلى الوراء: سجل من نسخة قديمة، أو جهازان يعدّان به",
    ),
    "numbers.none_left": (
        "{device} has no fiscal number left in series {series}: it issues no invoice, orders go on. Is the cloud reached?",
        "لم يبقَ لدى {device} رقم فاتورة في السلسلة {series}: لا يصدر فواتير والطلبات مستمرة. هل الاتصال بالسحابة قائم؟",
    ),
    "printers": ("{why}.", "لا يستطيع هذا الخادم الطباعة: {why}."),
    # Store
    "store.no_space": (
        "disk or map full: orders cannot be stored",
        "القرص أو المخزن ممتلئ: لا يمكن حفظ الطلبات",
    ),
    "store.no_space_reserve": (
        "disk or map full: orders cannot be stored; the reserve of this hub was given back",
        "القرص أو المخزن ممتلئ: لا يمكن حفظ الطلبات؛ أُعيدت المساحة الاحتياطية للخادم",
    ),
    "store.disk_80": ("the disk of {folder} is {share} full, {left} left", "قرص {folder} ممتلئ {share}، والباقي {left}"),
    "store.disk_90": (
        "the disk of {folder} is {share} full, {left} left: make room",
        "قرص {folder} ممتلئ {share}، والباقي {left}: أفرغ مساحة",
    ),
    "store.disk_95": (
        "the disk of {folder} is {share} full, {left} left: orders soon cannot be stored",
        "قرص {folder} ممتلئ {share}، والباقي {left}: قريبًا لا يمكن حفظ الطلبات",
    ),
    "store.corrupt": ("the store has a bad record: {why}", "في المخزن سجل تالف: {why}"),
    "store.log_corrupt": ("the store's log has a bad record: {why}", "في سجل المخزن قيد تالف: {why}"),
    "store.marker": ("the marker cannot be written: {why}", "لا يمكن كتابة علامة المخزن: {why}"),
    "store.marker_unread": (
        "the marker cannot be read, so an old copy of the store could not be told: {why}",
        "لا يمكن قراءة علامة المخزن، فلا تُعرف نسخة قديمة منه: {why}",
    ),
    "store.replaced": (
        "the store was bad ({why}); it was replaced by {by} at revision {revision} in epoch {epoch}; the bad one lies in {aside}",
        "كان المخزن تالفًا ({why})؛ حلّ محله {by} عند المراجعة {revision} في الإصدار {epoch}؛ التالف محفوظ في {aside}",
    ),
    "store.wal": (
        "there is no write-ahead file, so every order waits longer for the disk: {why}",
        "لا يوجد ملف الكتابة المسبقة، فينتظر كل طلب القرص أطول: {why}",
    ),
    "store.old_copy": ("the old copy", "النسخة القديمة"),
    "store.whole_part": ("what is whole of it", "الجزء السليم منه"),
    "store.log_size": (
        "the log has more than {mib} MiB and is cut before its time: screens that were away get a whole new picture",
        "تجاوز السجل {mib} MiB ويُقصّ قبل أوانه: الشاشات التي غابت تحصل على صورة جديدة كاملة",
    ),
    "store.map_crowded": (
        "closed orders go before their time: the store's map is small",
        "تُحذف الطلبات المغلقة قبل أوانها: المخزن صغير",
    ),
    "store.free_pages": (
        "{share} of the store's {mib} MiB is free space: `heard backup` and `heard restore` make it small again",
        "{share} من {mib} MiB في المخزن فارغة: `heard backup` ثم `heard restore` يصغّرانه",
    ),
    "store.backup": ("the backup failed: {why}", "فشل النسخ الاحتياطي: {why}"),
    "store.backup_room": (
        "no backup was made: the disk has no room for another copy",
        "لم تُعمل نسخة احتياطية: لا مكان على القرص لنسخة أخرى",
    ),
    "store.archive": ("the day could not be archived: {why}", "تعذّرت أرشفة اليوم: {why}"),
}  # fmt: skip
"""Key -> English, Arabic. `{why}` is a cause, which `hub.core.causes` says in Arabic."""
CAUSE = "why"

LTR, END = "\u2066", "\u2069"


class AlarmText(str):
    """An alarm. Itself it is the English, for logs and /health; `text` has every language, for people."""

    __slots__ = ("text",)
    text: Text

    def __new__(cls, text: Text = NO_TEXT) -> AlarmText:
        """`text` has the English."""
        made = super().__new__(cls, text.get("en", ""))
        made.text = text
        return made

    def __getnewargs__(self) -> tuple[Text]:  # type: ignore[override]
        """For copies."""
        return (self.text,)


def alarm(key: str, **values: object) -> AlarmText:
    """The alarm of that key in WORDS. A value that is an `AlarmText` is said in each language."""
    english, arabic = WORDS[key]
    arabic_values = {name: _in_arabic(key, name, value) for name, value in values.items()}
    return AlarmText({"en": english.format(**values), "ar": arabic.format(**arabic_values)})


def _in_arabic(key: str, name: str, value: object) -> str:
    """A path in Latin letters keeps its order inside Arabic."""
    if isinstance(value, AlarmText):
        return value.text["ar"]
    said = str(value)
    if name == CAUSE:
        return in_arabic(said, FINDINGS if key == "numbers" else CAUSES)
    return said if said.isdigit() else f"{LTR}{said}{END}"
