"""Which language a page is written in, by counting the small words that only one language has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from crawler.extraction.cues import Gated

_WORDS = {
    "en": "the and of to with your you for is are our we my from that this at it have be will can or by",
    "fr": "le les des et une vous nous votre pour dans est sont avec notre vos du aux sur pas plus ou par qui ce",
    "es": "el los las y una usted para con por su es son nuestro nuestra en del que se más tu sus como al lo",
}
# Small words of other languages that the three have not; a page in one of them is nobody's here without an address.
_ELSEWHERE = {
    "de": "der und ist mit eine einer ihre wir nicht oder zum zur auch bei werden durch",
    "nl": "het een voor zijn ook uw wij onze naar deze",
    "it": "della delle degli gli nella alla sono anche questo nostri",
    "pt": "uma você nossa nosso são pelo pela também até seus muito",
    "sv": "och att är ett inte",
    "no": "og eller ikke jeg også",
    "pl": "oraz dla jest przez lub nie",
    "hr": "koji ili kao nije",
    "id": "dan yang untuk dengan anda kami",
    "tr": "ve bir ile olarak",
    "lv": "kas lai vai tiek",
}
# Words as bytes of Latin-1, where every letter of the three is one byte: told apart in a fifth of a pattern's time.
_OWN = {
    word.encode("latin-1"): language
    for language, words in _WORDS.items()
    for word in words.split()
    if sum(word in other.split() for other in _WORDS.values()) == 1
}
_OWN |= {word.encode("latin-1"): language for language, words in _ELSEWHERE.items() for word in words.split()}
_ONLY_LETTERS = bytes(code if chr(code) in "abcdefghijklmnopqrstuvwxyz" or code >= 0xE0 else 32 for code in range(256))
_SPOKEN = {
    "english": "en", "french": "fr", "français": "fr", "francais": "fr", "spanish": "es", "español": "es",
    "espanol": "es",
    "mandarin": "zh", "cantonese": "yue", "chinese": "zh", "vietnamese": "vi", "korean": "ko", "japanese": "ja",
    "russian": "ru", "ukrainian": "uk", "polish": "pl", "german": "de", "italian": "it", "portuguese": "pt",
    "arabic": "ar",
    "farsi": "fa", "persian": "fa", "hindi": "hi", "punjabi": "pa", "urdu": "ur", "tagalog": "tl", "thai": "th",
    "american sign language": "ase", "asl": "ase", "hebrew": "he", "greek": "el", "romanian": "ro",
    "anglais": "en", "espagnol": "es", "inglés": "en", "anglaise": "en", "bilingue": "",
}  # fmt: skip
SPEAKS = Gated(re.compile(
    r"\b(?:speaks?|spoken|fluent in|languages?(?: spoken)?|bilingual|se habla|hablamos|on parle|parlons|"
    r"langues?(?: parl[ée]es)?"
    r"|service en|services? (?:offered|available) in|idiomas)\b[^.!?\n]{0,80}",
    re.IGNORECASE,
    ), "speak", "spoken", "fluent in", "language", "bilingual", "se habla", "hablamos", "on parle", "parlons", "langue",
    "service en", "offered in", "available in", "idiomas",
)  # fmt: skip
_NAMES = re.compile(r"(?<!\w)(?:" + "|".join(sorted(_SPOKEN, key=len, reverse=True)) + r")(?!\w)", re.IGNORECASE)


def find_language(texts: Iterable[str], declared: str | None) -> str | None:
    """The language by its small words; the declared one where they are too few to tell."""
    read: list[str] = []
    room = 20_000
    for text in texts:
        if len(text) < 12:
            continue
        read.append(text[:room])
        room -= len(text)
        if room <= 0:
            break
    words = "\n".join(read).lower().encode("latin-1", "replace").translate(_ONLY_LETTERS).split()
    counts = Counter(filter(None, map(_OWN.get, words)))
    if counts.total() >= 8:
        best, count = counts.most_common(1)[0]
        if count >= 0.6 * counts.total():
            return best
    return declared or next((language for language, _ in counts.most_common() if language in _WORDS), None)


def find_spoken(text: str) -> list[str]:
    """ISO codes of the languages that a line says are spoken."""
    found: list[str] = []
    for phrase in SPEAKS.pattern.finditer(text):
        for match in _NAMES.finditer(phrase[0]):
            code = _SPOKEN[match[0].lower()]
            if code and code not in found:
                found.append(code)
    return found
