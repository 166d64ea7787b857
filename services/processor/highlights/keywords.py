"""Keywords: found in what is said in all their inflections, whatever their case and accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_ENDINGS = frozenset({"a", "as", "d", "e", "ed", "em", "en", "er", "es", "i", "ing", "ly", "n", "os", "s"})
"""What words of many languages end in when they are inflected."""
_SHORTEST = 3


def plain(word: str) -> str:
    """A word without case, accents and punctuation."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return re.sub(r"[^\w]|_", "", "".join(c for c in decomposed if not unicodedata.combining(c)))


def stem(word: str) -> str:
    """What the English inflections of a plain word have in common: `cut` of cuts and cutting, `stori` of stories."""
    for ending, instead in (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        rest = word.removesuffix(ending)
        if ending == "s" and word.endswith(("ss", "us", "is")):
            break
        if rest != word and len(rest) >= _SHORTEST - bool(instead):
            word = rest + instead
            break
    if len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    if len(word) > _SHORTEST:
        word = word.removesuffix("e")
    return f"{word[:-1]}i" if word.endswith("y") and len(word) > _SHORTEST else word


def same_word(keyword: str, word: str) -> bool:
    """Whether a plain word is the plain keyword or an inflection of it."""
    if keyword == word:
        return True
    short, long = sorted((keyword, word), key=len)
    if len(short) < _SHORTEST:
        return False
    if stem(keyword) == stem(word):
        return True
    return len(short) > _SHORTEST and long.startswith(short) and long[len(short) :] in _ENDINGS


def spoken_keywords(keywords: Sequence[str], words: Sequence[str]) -> list[str]:
    """The keywords among the words said, each once, as they were said; a keyword may be of several words."""
    said = [plain(word) for word in words]
    found: list[str] = []
    for keyword in keywords:
        parts = [part for part in map(plain, keyword.split()) if part]
        for at in range(len(said) - len(parts) + 1):
            if parts and all(map(same_word, parts, said[at : at + len(parts)])):
                found.append(" ".join(word.strip(" .,;:?!…\"'") for word in words[at : at + len(parts)]))
                break
    return found
