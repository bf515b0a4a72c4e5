"""Every word that a kitchen screen says, in every language that it speaks, in one table.

`{name}` is filled in by `Words.say`; a number, time or #number goes in as a left-to-right isolate, so that it keeps its
order inside Arabic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from types import MappingProxyType

from display.core.isolate import FSI, Digits, ltr, own_direction, with_digits
from display.core.wording_guest import GUEST_TABLE
from display.core.wording_menu import MENU_TABLE
from display.core.wording_preflight import PREFLIGHT_TABLE
from heard.station import RIGHT_TO_LEFT
from heard.why import WORDS

LANGUAGES = ("en", "ar")
PART = " · "
"""Between the parts of a hint."""

_TABLE: dict[str, tuple[str, str]] = {
    # Order types: words, never a colour alone
    "type.DINE_IN": ("DINE IN", "محلي"),
    "type.TAKEAWAY": ("TAKEAWAY", "سفري"),
    "type.DELIVERY": ("DELIVERY", "توصيل"),
    "type.CAR": ("CAR", "سيارة"),
    "type.OTHER": ("ORDER", "طلب"),
    "table": ("T{n}", "طاولة {n}"),
    "lane": ("Lane {n}", "المسار {n}"),
    "due": ("due {time}", "موعده {time}"),
    # Pills
    "pill.LATE": ("LATE", "متأخر"),
    "pill.HURRY": ("HURRY", "أسرع"),
    "pill.RUSH": ("RUSH", "عاجل"),
    "pill.NEW": ("NEW", "جديد"),
    "pill.RECALLED": ("RECALLED", "مُعاد"),
    "pill.ADD_ON": ("ADD-ON", "إضافة"),
    "pill.CANCELLED": ("CANCELLED", "أُلغي"),
    "pill.REMAKE": ("REMAKE", "إعادة"),
    "pill.SENT": ("SENT BY EXPO", "أخرجه التسليم"),
    "pill.UNDO": ("UNDO", "تراجع"),
    "bumped": ("BUMPED", "أُنجز"),
    "moved_away": ("MOVED", "نُقل"),
    "queued": ("QUEUED", "بانتظار الإرسال"),
    "continued": ("continued", "تابع"),
    # Lines
    "void": ("VOID", "ملغى"),
    "was": ("WAS {n}", "كان {n}"),
    "changed": ("CHANGED", "معدّل"),
    "added": ("ADDED {age}", "أُضيف منذ {age}"),
    "remake": ("REMAKE", "إعادة تحضير"),
    "sent_by_expo": ("SENT BY EXPO", "أخرجه التسليم"),
    "out.chip": ("86", "نفد"),
    "may_be_at": ("MAY BE AT {stations} · ask", "قد يكون في {stations} · اسأل"),
    "moved": ("MOVED HERE", "نُقل إلى هنا"),
    "from_number": ("FROM {n}", "من {n}"),
    "of_dish": ("of {name}", "من {name}"),
    "also_at": ("also at {stations}", "أيضًا في {stations}"),
    "seat": ("seat {n}", "مقعد {n}"),
    "scheduled": ("SCHEDULED", "مجدول"),
    "staged": ("{name} {time} · {n} orders", "{name} {time} · {n} طلبًا"),
    "hold": ("HOLD", "معلّق"),
    "fires": ("fires {time}", "يُطلق {time}"),
    "course": ("course {n}", "الطبق {n}"),
    "lines.one": ("1 line", "صنف واحد"),
    "lines": ("{n} lines", "{n} أصناف"),
    "items.one": ("1 item", "قطعة واحدة"),
    "items": ("{n} items", "{n} قطع"),
    "allergy": ("ALLERGY", "حساسية"),
    "nobodys": ("NO STATION: check", "بلا محطة: تحقق"),
    "more": ("{n} more", "{n} أخرى"),
    "on_page": ("page {n}", "صفحة {n}"),
    # Expo
    "ready": ("READY", "جاهز"),
    "n_of_m": ("{n} of {m}", "{n} من {m}"),
    "confirm": ("CONFIRM", "تأكيد"),
    "confirmed": ("CONFIRMED", "تم التأكيد"),
    "rider_here": ("RIDER HERE", "المندوب هنا"),
    "paid": ("PAID", "مدفوع"),
    "unpaid": ("UNPAID", "غير مدفوع"),
    "sent": ("SENT", "خرج"),
    "expo.done": ("{n} done", "{n} جاهزة"),
    "expo.held": ("held {n}", "معلّق {n}"),
    "open": ("Open", "مفتوحة"),
    "held.count": ("Held", "معلّق"),
    "ready.count": ("Ready", "جاهزة"),
    # Top bar
    "oldest": ("Oldest", "الأقدم"),
    "late": ("Late", "متأخر"),
    "waiting": ("Waiting", "في الانتظار"),
    "waiting.late": ("({n} late)", "({n} متأخر)"),
    "nobodys.count": ("Nobody's", "بلا محطة"),
    "paused": ("PAUSED {time}", "متوقف {time}"),
    "closed": ("CLOSED", "مغلقة"),
    "out": ("86: {items}", "نفد: {items}"),
    "comma": (", ", "، "),
    "out.count": ("86: {n}", "نفد: {n}"),
    "business_date": ("Day {date}", "يوم {date}"),
    "live": ("Live", "متصل"),
    "not_live": ("NOT LIVE {age}", "غير متصل {age}"),
    "not_live.last": ("last order {number} {time}", "آخر طلب {number} {time}"),
    "not_live.none": ("no order yet", "لا طلب بعد"),
    "not_live.what": ("NEW ORDERS MAY BE MISSING: take paper", "قد تنقص طلبات جديدة: خذ ورقة"),
    "not_live.short": ("MAY MISS ORDERS: take paper", "قد تنقص طلبات: خذ ورقة"),
    "live_again": ("LIVE AGAIN", "عاد الاتصال"),
    "unsafe": (
        "UNSAFE: orders travel unencrypted on this network (--unsafe-plaintext)",
        "غير آمن: الطلبات تنتقل دون تشفير على هذه الشبكة",
    ),
    "unsafe.short": ("UNSAFE: not encrypted", "غير آمن: دون تشفير"),
    # All-day rail
    "all_day": ("ALL DAY", "إجمالي اليوم"),
    "held": ("Held {n}", "معلّق {n}"),
    "only": ("ONLY {item}", "فقط {item}"),
    "full.hint": (
        "{line_up} {line_down} choose · {bump} shows only its tickets · {all_day} back",
        "{line_up} {line_down} للاختيار · {bump} لعرض طلباته فقط · {all_day} رجوع",
    ),
    "rail.more": ("+{n} more items", "+{n} أصناف أخرى"),
    # Bottom bar
    "key.select": ("Select", "اختيار"),
    "key.bump": ("Bump", "إنجاز"),
    "key.undo": ("Undo", "تراجع"),
    "key.recall": ("Recall", "استرجاع"),
    "key.start": ("Start", "بدء"),
    "key.made": ("Made", "حُضّر"),
    "key.not_made": ("Not made", "لم يُحضّر"),
    "key.all_day": ("All day", "الإجمالي"),
    "key.page": ("Page", "صفحة"),
    "key.send": ("Send out", "إخراج"),
    "key.confirm": ("Allergy", "حساسية"),
    "key.bag": ("Bags", "أكياس"),
    "key.rider": ("Rider", "المندوب"),
    "key.fire": ("Fire", "إطلاق"),
    "key.out": ("86", "نفد"),
    "key.pause": ("Pause", "إيقاف"),
    "key.pull": ("Take", "أخذ"),
    "key.sound": ("Sound", "الصوت"),
    "key.queued": ("queued", "بالانتظار"),
    "page_of": ("Page {n} of {total}", "صفحة {n} من {total}"),
    "minutes": ("{n} min", "{n} د"),
    "plus_waiting": ("+{n} waiting", "+{n} في الانتظار"),
    "changed_row": ("CHANGED {number}", "تعديل {number}"),
    "changed_row.more": ("+{n} changed", "+{n} معدّلة"),
    # Told after a key, for a moment
    "say.nothing_selected": ("Select a ticket first", "اختر طلبًا أولًا"),
    "say.nothing_there": ("Nothing under {n}", "لا شيء تحت {n}"),
    "say.fire_first": ("FIRE first: this course is on hold", "أطلق أولًا: هذا الطبق معلّق"),
    "say.missing": (
        "NOT READY: {what} · press again to send",
        "غير جاهز: {what} · اضغط ثانية للإخراج",
    ),
    "say.confirm_first": ("CONFIRM the allergy first", "أكّد الحساسية أولًا"),
    "say.no_allergy": ("No allergy to confirm", "لا حساسية للتأكيد"),
    "say.allergy_confirmed": ("Allergy confirmed", "تم تأكيد الحساسية"),
    "say.cancelled_wait": ("Cancelled: the stations still have to see it", "أُلغي: لم تره المحطات بعد"),
    "say.nothing_held": ("Nothing is on hold", "لا شيء معلّق"),
    "say.staged": (
        "Scheduled: released by itself, or fired at the pass",
        "مجدول: يُطلق تلقائيًا أو من التسليم",
    ),
    "say.said_made": ("The till is told: it was made", "أُبلغ الكاشير: حُضّر"),
    "say.said_not_made": ("The till is told: it was not made", "أُبلغ الكاشير: لم يُحضّر"),
    "say.nothing_voided": ("Nothing voided on this ticket", "لا إلغاء في هذا الطلب"),
    "say.seen": ("Seen: it leaves", "تم الاطلاع: يغادر"),
    "say.acknowledged": ("Change seen · press again to bump", "تم الاطلاع · اضغط ثانية للإنجاز"),
    "say.rest_stays": ("Seen: the rest stays", "تم الاطلاع: يبقى الباقي"),
    "say.nothing_to_undo": ("Nothing to undo", "لا شيء للتراجع عنه"),
    "say.select_line": ("Select a line first: ↑ ↓", "اختر صنفًا أولًا: ↑ ↓"),
    "say.nothing_made": ("Nothing of it is made yet", "لم يُحضّر منه شيء بعد"),
    "say.out": ("86: {name}", "نفد: {name}"),
    "say.back": ("Available again: {name}", "متوفر ثانية: {name}"),
    "say.nothing_fired": ("Nothing to hold", "لا شيء للتعليق"),
    "say.nothing_to_start": ("Already started", "بدأ بالفعل"),
    "say.changed_meanwhile": ("Changed meanwhile: look again", "تغيّر للتو: انظر ثانية"),
    "say.refused": ("The hub refused it: {why}", "رفض الخادم: {why}"),
    "say.twice": ("Pressed twice: ignored", "ضغطة مكررة: أُهملت"),
    "say.journal_broken": (
        "Not saved: this screen's disk does not take it",
        "لم يُحفظ: قرص هذه الشاشة لا يقبل",
    ),
    "store_replaced": (
        "THE HUB WENT BACK TO A COPY · compare tickets with the till",
        "عاد الخادم إلى نسخة سابقة · قارن الطلبات مع الكاشير",
    ),
    # Bump bar
    "keys.gone": ("BUMP BAR UNPLUGGED · plug it in again", "لوحة الإنجاز مفصولة · أعد توصيلها"),
    # Learn mode
    "learn.title": ("LEARN THE KEYS", "تعليم المفاتيح"),
    "learn.of": ("{n} of {total}", "{n} من {total}"),
    "learn.press": ("Press the key that you use for", "اضغط المفتاح الذي تستخدمه لـ"),
    "learn.digit": ("TILE {n}", "البطاقة {n}"),
    "learn.bump": ("BUMP", "إنجاز"),
    "learn.undo": ("UNDO", "تراجع"),
    "learn.recall": ("RECALL", "استرجاع"),
    "learn.start": ("START", "بدء"),
    "learn.all_day": ("ALL-DAY", "المجموع"),
    "learn.page_next": ("NEXT PAGE", "الصفحة التالية"),
    "learn.page_previous": ("PAGE BEFORE", "الصفحة السابقة"),
    "learn.home": ("FIRST PAGE", "الصفحة الأولى"),
    "learn.next": ("NEXT TICKET", "الطلب التالي"),
    "learn.previous": ("TICKET BEFORE", "الطلب السابق"),
    "learn.line_down": ("LINE DOWN", "صنف لأسفل"),
    "learn.line_up": ("LINE UP", "صنف لأعلى"),
    "learn.rush": ("RUSH", "عاجل"),
    "learn.fire": ("FIRE", "إطلاق"),
    "learn.back": ("BACK", "رجوع"),
    "learn.taken": (
        "This key is {name} already. Press it again to give it away.",
        "هذا المفتاح لـ {name}. اضغطه ثانية لتغييره.",
    ),
    "learn.hint.first": ("F12 leaves all as it is", "F12 يترك كل شيء كما هو"),
    "learn.hint": (
        "BUMP skips what the bar does not have · F12 ends and keeps the rest as it is",
        "مفتاح الإنجاز يتخطى ما ليس في اللوحة · F12 ينهي ويترك الباقي كما هو",
    ),
    "learn.storing": ("Telling the hub …", "جارٍ إبلاغ الخادم …"),
    "learn.done": (
        "Stored at the hub. Every screen of this station has these keys.",
        "حُفظت في الخادم. كل شاشات هذه المحطة لها هذه المفاتيح.",
    ),
    "learn.failed": ("Not stored: {why}. The old keys stay.", "لم تُحفظ: {why}. تبقى المفاتيح القديمة."),
    "learn.abandoned": ("Nothing was learnt: the old keys stay.", "لم يُتعلّم شيء: تبقى المفاتيح القديمة."),
    "learn.no_hub": (
        "Learning keys needs the hub, and there is none now.",
        "تعليم المفاتيح يحتاج الخادم وهو غير متصل.",
    ),
    "learn.own_file": (
        'The settings file of this screen names its keys: take "keys" out of it first.',
        "ملف إعدادات هذه الشاشة يحدد مفاتيحها: احذف منه keys أولًا.",
    ),
    # Waiting screen
    "wait.searching": ("Searching for the hub …", "جارٍ البحث عن الخادم …"),
    "wait.connecting": ("Connecting to the hub at {address} …", "جارٍ الاتصال بالخادم {address} …"),
    "wait.syncing": ("Getting the tickets from the hub …", "جارٍ جلب الطلبات …"),
    "wait.searching.help": (
        "Is the hub on, and this screen on the same network? `heard discover` lists hubs.",
        "هل الخادم يعمل، وهذه الشاشة على الشبكة نفسها؟",
    ),
    "wait.paper": ("Until then: take paper", "حتى ذلك الحين: خذ ورقة"),
    "wait.no_station": ("The hub knows no station {station}", "الخادم لا يعرف المحطة {station}"),
    "wait.no_station.help": ("It has: {stations}", "المحطات: {stations}"),
    "wait.starting": ("Starting …", "جارٍ البدء …"),
    "empty": ("No tickets", "لا طلبات"),
}

_TABLE |= GUEST_TABLE | MENU_TABLE | PREFLIGHT_TABLE | {f"why.{code}": both for code, both in WORDS.items()}

KEYS: frozenset[str] = frozenset(_TABLE)
TABLE: Mapping[str, tuple[str, str]] = MappingProxyType(_TABLE)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language in one digit set; an unknown language speaks English."""

    language: str
    digits: Digits = Digits.WESTERN

    @property
    def rtl(self) -> bool:
        return self.language in RIGHT_TO_LEFT

    def say(self, key: str, /, **values: object) -> str:
        """The text of `key`, filled in; values keep their own direction. Raises KeyError for an unknown key."""
        column = LANGUAGES.index(self.language) if self.language in LANGUAGES else 0
        text = _TABLE[key][column]
        if values:
            text = text.format(**{name: self._value(value) for name, value in values.items()})
        return with_digits(text, self.digits) if self.digits is not Digits.WESTERN else text

    def keys(self, key: str, labels: Mapping[str, str]) -> str:
        """The parts of `key`, " · " between them, of which all keys have a label."""
        column = LANGUAGES.index(self.language) if self.language in LANGUAGES else 0
        parts = _TABLE[key][column].split(PART)
        said = [
            part
            for part in parts
            if all(labels.get(name) for _, name, _, _ in Formatter().parse(part) if name)
        ]
        text = PART.join(said).format(**{name: self._value(label) for name, label in labels.items()})
        return with_digits(text, self.digits)

    def count(self, key: str, n: int, **values: object) -> str:
        """The text of `key` for n things: `.one`, `.two`, `.few` (3 to 10) or `.many`, as Arabic counts."""
        form = "one" if n == 1 else "two" if n == 2 else "few" if 3 <= n % 100 <= 10 else "many"
        return self.say(f"{key}.{form}", n=n, **values)

    def _value(self, value: object) -> str:
        text = str(value)
        if not self.rtl:  # Arabic digits turn what stands around them
            return text if self.digits is Digits.WESTERN or text.isalpha() else ltr(text)
        if text[:1] == FSI or (text[:1].isalpha() and not text.isascii()):
            return own_direction(text)
        return ltr(text)


def is_rtl(language: str) -> bool:
    """True for a language that is written from right to left."""
    return language in RIGHT_TO_LEFT


ENGLISH = Words("en")
"""What a screen tells the hub and its log."""
