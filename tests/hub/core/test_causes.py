"""A cause is said in Arabic by its phrase, and each phrase is one that the hub or its machine says."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from hub.core.alarm_words import alarm
from hub.core.causes import CAUSES, FINDINGS, IN_THE_LOG, in_arabic

HUB = Path(__file__).parents[3] / "hub"
OF_THE_MACHINE = {os.strerror(n) for n in range(1, 134)}
LATIN = re.compile(r"[A-Za-z]{2}")


def test_each_phrase_is_said_by_somebody_and_none_hides_a_later_one() -> None:
    code = "\n".join(
        file.read_text(encoding="utf-8") for file in HUB.rglob("*.py") if file.name != "causes.py"
    )
    for table in (CAUSES, FINDINGS):
        for place, (phrase, arabic) in enumerate(table.items()):
            assert phrase in OF_THE_MACHINE or phrase in code, phrase
            assert not LATIN.search(arabic)
            assert not [one for one in list(table)[:place] if one in phrase], phrase


@pytest.mark.parametrize(
    ("cause", "arabic"),
    [
        ("[Errno 28] No space left on device: '/var/lib/heard/backups/x'", "لا مساحة على القرص"),
        ("b'order/7': its CRC does not match", "رمز التحقق لا يطابق"),
        ("/var/lib/heard/marker is not a marker: KeyError('crc')", "ملف غير صالح"),
        ("it is an old copy (epoch 1, revision 7) of one that had reached epoch 1, revision 9", "نسخة قديمة"),
        ("the oven is cold", IN_THE_LOG),
        (OSError(30, "Read-only file system"), "القرص للقراءة فقط"),
    ],
)
def test_a_cause_inside_an_alarm(cause: object, arabic: str) -> None:
    said = alarm("store.backup", why=cause)
    assert said == f"the backup failed: {cause}"
    assert said.text["ar"] == f"فشل النسخ الاحتياطي: {arabic}"
    assert in_arabic(str(cause)) == arabic


@pytest.mark.parametrize("word", ["FORK", "DUPLICATE", "MISSING", "REGRESSED"])
def test_what_the_cloud_finds_in_numbers_is_no_word_of_anything_else(word: str) -> None:
    found = alarm("numbers", device="T1", series="A", why=f"{word}: 7 to 9").text["ar"]
    assert FINDINGS[word] in found
    for key in ("cloud.refused", "cloud.refuses_all", "store.corrupt"):
        assert alarm(key, why=f"422: field due_at is {word}").text["ar"].endswith(IN_THE_LOG)
