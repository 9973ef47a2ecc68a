"""One more file with words, made up for tests: of a language that is read from the right and that no form speaks."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from server import words

ARABIC = {
    "name": "العربية",
    "call": "اتصل {phone}",
    "card.call": "اتصل",
    "ask.call_back": "طلب اتصال",
    "ask.problem": "الإبلاغ عن مشكلة هنا",
    "ask.mistakes": "يرجى مراجعة هذه الإجابات",
    "ask.optional": "اختياري",
    "ask.consent": "يجوز لضباط هذه المدرسة حفظ ما أكتبه وقراءته.",
    "ask.send": "إرسال",
    "status.reference": "الرقم المرجعي",
    "status.look_up": "البحث عن بلاغ",
    "status.urgent": "هل أنت في خطر؟ اتصل بالرقم 911 الآن",
    "question.topic": "ما الموضوع؟",
    "question.topic.bullying": "تنمر",
    "question.phone": "الهاتف",
    "question.phone.mistake.constraint": "اكتب الرقم بالأرقام.",
    "question.consent": "الموافقة",
    "question.consent.mistake.required": "بدون موافقتك لا يُحفظ شيء.",
    "question.service_code": "ما نوع المشكلة؟",
    "question.service_code.LIT-NEEDLE": "نفايات: إبر",
    "question.description": "ماذا يجب أن نعرف؟",
    "question.description.hint": "لا تكتب أسماء الأطفال.",
    "mistake.choice": "اختر إحدى الإجابات المعروضة.",
    "mistake.constraint": "هذه الإجابة لا تصلح.",
}


def add_arabic(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The words of all languages in this folder, with Arabic among them, while the iterator stands at its one stop."""
    shutil.copytree(words.FOLDER, folder / "words")
    (folder / "words" / "public.ar.json").write_text(json.dumps(ARABIC), "utf-8")
    monkeypatch.setattr(words, "FOLDER", folder / "words")
    words.languages.cache_clear()
    yield
    words.languages.cache_clear()
