"""What went wrong below an alarm (a disk, a cloud, a printer, a record), in Arabic. Pure.

A machine names its cause in English: a known one is said by its phrase, of any other that the hub's log has it.
"""

from __future__ import annotations

from collections.abc import Mapping

IN_THE_LOG = "السبب في سجل الخادم"
CAUSES: Mapping[str, str] = {
    # A machine's own words
    "No space left on device": "لا مساحة على القرص",
    "Disk quota exceeded": "امتلأت حصة القرص",
    "Read-only file system": "القرص للقراءة فقط",
    "Input/output error": "القرص لا يقرأ أو لا يكتب",
    "Structure needs cleaning": "نظام الملفات تالف",
    "Permission denied": "لا صلاحية للكتابة",
    "Operation not permitted": "لا صلاحية للكتابة",
    "No such file or directory": "ملف أو مجلد غير موجود",
    "Too many open files": "ملفات مفتوحة كثيرة",
    "Cannot allocate memory": "لا ذاكرة كافية",
    # A record, a file of the store
    "its write-ahead file": "ملف الكتابة المسبقة تالف",
    "its CRC does not match": "رمز التحقق لا يطابق",
    "are too short for a record": "سجل مقطوع",
    "is of the unknown kind": "نوع غير معروف",
    "is newer than this hub's": "من إصدار أحدث من هذا الخادم",
    "was written by a newer hub": "من إصدار أحدث من هذا الخادم",
    "is not a marker": "ملف غير صالح",
    "its log entry cannot be read": "قيد لا يُقرأ",
    "cannot be read": "سجل لا يُقرأ",
    "the check did not end in": "لم ينتهِ الفحص في وقته",
    "reading it kills the reader": "ملف مقطوع",
    "the check failed": "فشل الفحص",
    "it cannot be opened": "لا يُفتح",
    "its pages are damaged": "صفحاته تالفة",
    "it is another store": "مخزن آخر غير الذي كان هنا",
    "it is an old copy": "نسخة قديمة",
    "it is another generation of this store": "جيل آخر من هذا المخزن",
    "exit code": "توقف البرنامج قبل أن ينتهي",
    # The cloud
    "the secret file": "ملف السر لا يصلح",
    # Printers
    "is not installed": "برنامج الطباعة غير مثبت",
    "its Pillow cannot shape Arabic": "برنامج الطباعة لا يكتب العربية",
    "it has no paper": "لا يوجد ورق",
    "its cover is open": "الغطاء مفتوح",
    "it reports an error": "تبلغ عن خطأ",
    "it does not answer": "لا تجيب",
    "no machine has its name": "لا جهاز بهذا الاسم",
    "its address lets nobody print": "عنوانها لا يقبل الطباعة",
    "it closed the connection before it said that it was done": "قطعت الاتصال قبل أن تؤكد الطباعة",
    "it closed the connection": "قطعت الاتصال",
    "it did not say that it was done": "لم تؤكد الطباعة",
}
"""A phrase of the English -> Arabic; the first that stands in a cause is taken, so the longer of two stands first."""

FINDINGS: Mapping[str, str] = {
    "FORK": "جهازان يعدّان بالرقم نفسه",
    "DUPLICATE": "رقم مكرر",
    "MISSING": "رقم ناقص",
    "REGRESSED": "رجع العدّاد إلى الوراء",
}
"""What the cloud finds in fiscal numbers, by its word; in any other cause the word is one of a sentence."""


def in_arabic(cause: str, phrases: Mapping[str, str] = CAUSES) -> str:
    """What stands for this cause in an Arabic sentence; `phrases`: what it may be."""
    return next((arabic for phrase, arabic in phrases.items() if phrase in cause), IN_THE_LOG)
