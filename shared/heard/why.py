"""Why the hub refused something, as a code with values: each side says it in the languages of who reads it. Pure.

One table for hub, screens and tills, so that no refusal is without its Arabic: a refusal is made by `why` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

WORDS: Mapping[str, tuple[str, str]] = {
    # The order
    "order.unknown": ("the hub has no such order", "لا يوجد هذا الطلب في الخادم"),
    "order.another": ("another order was held under this id", "سُجّل طلب آخر بهذا المعرّف"),
    "order.merged": ("the order was merged into another one", "دُمج الطلب في طلب آخر"),
    "order.picked_up": ("the order was picked up; hold a new one", "استُلم الطلب؛ سجّل طلبًا جديدًا"),
    "order.only_remake": (
        "the order was picked up: after that only REMAKE",
        "استُلم الطلب: بعد ذلك إعادة التحضير فقط",
    ),
    "order.voided": ("the order was voided; hold a new one", "أُلغي الطلب؛ سجّل طلبًا جديدًا"),
    "order.voided_print": ("the order was voided: nothing of it is made", "أُلغي الطلب: لا يُحضّر منه شيء"),
    "order.voided_recall": (
        "the order was voided: recall never un-cancels",
        "أُلغي الطلب: الاسترجاع لا يعيد الملغى",
    ),
    "order.newer_state": (
        "the order is in a state of a newer release",
        "الطلب في حالة من إصدار أحدث",
    ),
    # Its lines
    "line.unknown": ("the order has no such line", "لا يوجد هذا الصنف في الطلب"),
    "line.not_here": ("the station has no such line", "لا يوجد هذا الصنف في المحطة"),
    "line.split_off": ("it was moved to {order}", "نُقل إلى {order}"),
    "line.changed": ("the line changed after it was painted", "تغيّر الصنف بعد عرضه"),
    "line.changed_before": (
        "the line changed after the version that the till knew",
        "تغيّر الصنف بعد النسخة التي عرفها الكاشير",
    ),
    "line.fire_first": ("the course is not fired: FIRE first", "لم يُطلق الطبق: أطلق أولًا"),
    "line.voided": ("the line was voided", "أُلغي الصنف"),
    "line.voided_unseen": ("the line was voided: acknowledge that first", "أُلغي الصنف: أكّد الاطلاع أولًا"),
    "line.voided_recall": (
        "the line was voided: recall never un-cancels",
        "أُلغي الصنف: الاسترجاع لا يعيد الملغى",
    ),
    "line.voided_remake": ("the line was voided: hold a new one", "أُلغي الصنف: سجّل صنفًا جديدًا"),
    "line.made": ("it is made: RECALL it first", "حُضّر: استرجعه أولًا"),
    "line.not_made": ("nothing of it is made yet", "لم يُحضّر منه شيء بعد"),
    "line.no_kitchen": ("no kitchen makes it", "لا تحضّره أي محطة"),
    "line.begun": ("{station} has begun it", "بدأت {station} تحضيره"),
    "line.made_there_too": ("{station} makes a part of it already", "تحضّر {station} جزءًا منه"),
    # Undo
    "undo.not_last": (
        "only the last action of this screen can be undone, once",
        "يمكن التراجع عن آخر إجراء لهذه الشاشة فقط، مرة واحدة",
    ),
    "undo.late": ("more than 60 s ago: use RECALL", "مضى أكثر من 60 ثانية: استخدم الاسترجاع"),
    "undo.late_86": ("more than 60 s ago: set it again", "مضى أكثر من 60 ثانية: غيّره من جديد"),
    "undo.between": ("something else happened to these lines since", "تغيّرت هذه الأصناف بعد ذلك"),
    # The pass
    "allergy.confirm": (
        "an allergy is not confirmed: CONFIRM it first",
        "حساسية لم تُؤكّد: أكّدها أولًا",
    ),
    "allergy.others": ("the order also has: {allergens}", "في الطلب أيضًا: {allergens}"),
    # Courses and stations
    "course.none": ("the order has no such course", "لا يوجد هذا الطبق في الطلب"),
    "station.unknown": ("{station} is not such a station; {known}", "لا توجد محطة بهذا الاسم: {station} ({known})"),
    "station.cooks_not": (
        "{station} is no station that cooks or prints",
        "{station} لا تحضّر ولا تطبع",
    ),
    "station.last_open": (
        "it is the last open station: pause the site instead",
        "آخر محطة مفتوحة: أوقف الموقع كله مؤقتًا بدلًا من ذلك",
    ),
    "station.closed": ("{station} is closed itself", "{station} مغلقة هي أيضًا"),
    "station.no_screen": ("the hub has no {role} station for this screen", "لا محطة لهذه الشاشة في الخادم ({role})"),
    "pause.long": ("is more than 12 hours ahead", "أبعد من 12 ساعة"),
    "out.full": ("{n} items are out already", "نفد {n} صنف بالفعل"),
    # Two orders
    "split.same_id": ("another order has this id", "لطلب آخر هذا المعرّف"),
    "split.whole": (
        "these are all lines of the order: transfer it instead",
        "هذه كل أصناف الطلب: انقله كله بدلًا من ذلك",
    ),
    "merge.closed": ("the other order is not open any more", "الطلب الآخر لم يعد مفتوحًا"),
    # Payments
    "payment.another": ("another payment came under this payment_id", "سُجّلت دفعة أخرى بهذا المعرّف"),
    "payment.many": ("the order has {n} payments already", "للطلب {n} دفعة بالفعل"),
    # Paper
    "print.no_printer": ("{station} has no printer: set {key}", "لا طابعة لـ {station}: اضبط {key}"),
    "print.nothing": ("{station} has nothing of this order", "ليس لدى {station} شيء من هذا الطلب"),
    "print.none_of_these": ("{station} has none of these lines", "ليس لدى {station} أي من هذه الأصناف"),
    "print.many": (
        "{n} slips of this order wait for paper already",
        "تنتظر الطباعة {n} ورقة من هذا الطلب بالفعل",
    ),
    # The command itself
    "command.another": (
        "another command came under this command_id",
        "وصل أمر آخر بهذا المعرّف",
    ),
    "command.refused": ("it gives no reason", "دون ذكر السبب"),
    "command.unknown": ("this hub does not know this verb yet", "هذا الخادم لا يعرف هذا الأمر بعد"),
    "command.wrong": ("{field} is wrong", "قيمة غير مقبولة: {field}"),
    "command.large": ("it is too large", "الأمر أكبر مما يقبله الخادم"),
    "keys.refused": ("the keys are refused", "لا يقبل الخادم هذه المفاتيح"),
    # The hub, and the way to it
    "hub.failed": ("the hub failed on this command", "تعذّر على الخادم تنفيذ هذا الأمر"),
    "hub.cannot_store": ("the hub cannot store it now", "لا يستطيع الخادم حفظه الآن"),
    "hub.stopping": ("the hub is stopping", "الخادم يتوقف"),
    "hub.busy": ("the hub has too much to do", "الخادم مشغول"),
    "hub.none": ("there is no hub to ask", "الخادم غير متصل"),
    "hub.silent": ("the hub does not answer (connection refused or lost)", "الخادم لا يجيب"),
    "hub.broke": ("the link to the hub broke while asking", "انقطع الاتصال بالخادم أثناء السؤال"),
    "hub.ended": ("the hub ended the call: {status}", "أنهى الخادم الاتصال: {status}"),
}  # fmt: skip
"""Code -> English, Arabic. `{station}`, `{known}`, `{role}` and `{order}` are ids, which a screen says by name; all else stands as it is."""

LANGUAGES = ("en", "ar")
LINE = "line"
"""The value of every refusal that is about one line of several: its id."""
VALUE_CHARACTERS_MAX = 200
"""Of one value: an id or a number, and never a story."""
BETWEEN = ", "
"""Between the items of a value that is a list."""


class Why(str):
    """A reason. Itself it is the English, for logs and tills; `code` and `values` make it in any language of the table."""

    __slots__ = ("code", "values")
    code: str
    values: Mapping[str, str]

    def __new__(cls, english: str, code: str, values: Mapping[str, str]) -> Why:
        made = super().__new__(cls, english)
        made.code, made.values = code, values
        return made

    def __getnewargs__(self) -> tuple[str, str, Mapping[str, str]]:  # type: ignore[override]
        """For copies."""
        return (str(self), self.code, self.values)

    def of_line(self, line_id: str) -> Why:
        """The same, of this line."""
        return Why(f"{line_id}: {self}", self.code, {**self.values, LINE: line_id})

    def said(self, language: str) -> str:
        """In that language, with the values as they are; the English where the table has no such language or code."""
        words = WORDS.get(self.code)
        if words is None or language not in LANGUAGES[1:]:
            return str(self)
        said = words[LANGUAGES.index(language)]
        try:
            return said.format(**self.values)
        except KeyError:  # a hub of another release: its code has other values
            return str(self)


NO_WHY = Why("", "", {})


def why(code: str, /, english: str = "", **values: object) -> Why:
    """The reason of that code in WORDS; `english` where the English tells more than the table's. A list says how many it leaves out."""
    texts = {
        name: _listed(value) if isinstance(value, list) else str(value)[:VALUE_CHARACTERS_MAX]
        for name, value in values.items()
    }
    return Why(english or WORDS[code][0].format(**texts), code, texts)


def _listed(items: list[str]) -> str:
    """As many as fit, whole ones, then "+n"."""
    for said in range(len(items), 0, -1):
        more = [f"+{len(items) - said}"] if said < len(items) else []
        text = BETWEEN.join([*items[:said], *more])
        if len(text) <= VALUE_CHARACTERS_MAX:
            return text
    return BETWEEN.join(items)[:VALUE_CHARACTERS_MAX]


def values_of(text: str) -> frozenset[str]:
    """The values that a text of the table wants."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)
