"""Ways to write words so that a plain search misses them, undone: other scripts, signs for letters, codes, games.

What is undone here is what a reader can undo with pen and paper. A cipher with a key, or a picture, is beyond it.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from itertools import groupby, pairwise
from string import ascii_lowercase
from urllib.parse import unquote

_TWINS = {
    # Cyrillic and Greek letters that look like Latin ones
    **dict(zip("\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0455\u0456\u0458\u0501\u051b\u051d\u04bb",
               "abekmhopctyxsijdqwh", strict=True)),
    **dict(zip("\u03b1\u03b2\u03b5\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c3\u03c4\u03c5\u03c7\u03c9\u03b3\u03f2\u03f3",
               "abenikuvopotuxwycj", strict=True)),
    # small capitals
    **dict(zip("\u1d00\u0299\u1d04\u1d05\u1d07\ua730\u0262\u029c\u026a\u1d0a\u1d0b\u029f\u1d0d\u0274\u1d0f\u1d18\u0280\ua731\u1d1b\u1d1c\u1d20\u1d21\u028f\u1d22",
               "abcdefghijklmnoprstuvwyz", strict=True)),
    "\u0131": "i", "\u0142": "l", "\u00f8": "o", "\u0111": "d", "\u0127": "h", "\u00e6": "ae", "\u0153": "oe",
}  # fmt: skip
_UPSIDE_DOWN = dict(
    zip(
        "\u0250\u0254\u01dd\u025f\u0183\u0265\u1d09\u027e\u029e\u0283\u026f\u0279\u0287\u028c\u028d\u028enubqdp",
        "acefghijklmrtvwyunqbpd",
        strict=True,
    )
)
_TURNED = frozenset(list(_UPSIDE_DOWN)[:16])
"""Those that nobody writes the right way up."""
_FLAGS = {chr(0x1F1E6 + number): chr(97 + number) for number in range(26)}
"""Regional indicators: the letters of flags."""
_LOOKS_LIKE = str.maketrans(_TWINS | _FLAGS)
_UPRIGHT = str.maketrans(_UPSIDE_DOWN)

_LEET = str.maketrans("0134579@$!|+8", "oieastgasiltb")
_LEET_WORD = re.compile(r"(?=\S*[^\W\d_])(?=\S*[0-9@$!|+])\S+")
_SIGNS_BESIDE = "!|+"
"""Signs that end a sentence more often than they stand for a letter: only inside of a word they do."""

_SPELLED = re.compile(r"(?<![^\W_])[^\W\d_](?:[\W_]{1,3}[^\W\d_](?![^\W_])){3,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX = re.compile(r"(?:(?:0x)?[0-9a-fA-F]{2}[\s:,]?){8,}")
_BINARY = re.compile(r"(?:[01]{8}\s?){6,}")
_NUMBERS = re.compile(r"\d{1,3}(?:[\s,.;:/-]+\d{1,3}){5,}")
_MORSE = re.compile(r"[.\u00b7\u2022_\u2013\u2014-]{1,5}(?:[\s/|]+[.\u00b7\u2022_\u2013\u2014-]{1,5}){5,}")
_MORSE_SIGNS = str.maketrans("\u00b7\u2022_\u2013\u2014", "..---")
_CODE = """
    .- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..
"""
_MORSE_LETTERS: dict[str, str] = dict(zip(_CODE.split(), ascii_lowercase, strict=True))
_PIG = (re.compile(r"\b([a-z]*?)([bcdfghjklmnpqrstvwxyz]{1,3})ay\b"), re.compile(r"\b([a-z]+)([a-z])ay\b"))
"""Words of Pig Latin: with all consonants moved that a word began with, or only its first letter."""
_WORD = re.compile(r"[^\W_]+")
_NOT_LATIN = re.compile("[^a-z]+")
_LINE_END = re.compile(r"[\n.!?;:,]+\W*")
_VOWELS = str.maketrans("", "", "aeiou")


@lru_cache(maxsize=2048)
def plain(text: str) -> str:
    """Lower case, without accents and invisible signs, and with Latin letters where a sign only looks like one."""
    if not text.isascii():
        text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf").casefold()
        text = unicodedata.normalize("NFKD", text.translate(_LOOKS_LIKE))
        text = "".join(letter for letter in text if not unicodedata.combining(letter)).translate(_LOOKS_LIKE)
    text = text.casefold()
    if "%" in text or "&" in text:
        text = unescape(unquote(text)).casefold()
    return _LEET_WORD.sub(_without_leet, text)


def _without_leet(found: re.Match[str]) -> str:
    word = found.group()
    bare = word.rstrip(_SIGNS_BESIDE + ".,;:?)\"'")
    letters = sum(letter.isalpha() for letter in bare)
    # "11th" and "3rd" are numbers, "m4rt4" is a word.
    if bare[:1].isdigit() and bare.lstrip("0123456789") in ("st", "nd", "rd", "th"):
        return word
    return bare.translate(_LEET) + word[len(bare) :] if letters else word


def words(text: str) -> tuple[str, ...]:
    """The words of a text that is `plain`."""
    return tuple(_WORD.findall(text))


def letters(text: str) -> str:
    """Nothing but letters and digits of a text that is `plain`, a run of the same one only once: `maate` is `mate`."""
    return _once("".join(_WORD.findall(text)))


def _once(text: str) -> str:
    return "".join([letter for letter, _ in groupby(text)])


def skeleton(bare: str) -> str:
    """The consonants of what `letters` gave: vowels left out, masked or exchanged make no difference."""
    return _once(bare.translate(_VOWELS))


def latin(bare: str) -> str:
    """Only the letters a to z."""
    return _NOT_LATIN.sub("", bare)


def steps(bare: str) -> str:
    """From each letter of what `latin` gave to the next, round the alphabet: the same for every Caesar shift."""
    places = bare.encode()
    return bytes([97 + (after - before) % 26 for before, after in pairwise(places)]).decode()


def mirrored(stepped: str) -> str:
    """The steps of the alphabet read backwards (Atbash): each step turned round."""
    return stepped.translate(_MIRROR)


_MIRROR = str.maketrans({chr(97 + step): chr(97 + (-step) % 26) for step in range(26)})


def decoded(text: str) -> Iterator[str]:
    """What codes in a text say, as `plain` text: Base64, hex, binary, numbers for letters, Morse."""
    for found in _BASE64.finditer(text):
        yield from _read(_from_base64(found.group()))
    for found in _HEX.finditer(text):
        digits = re.sub(r"0x|[^0-9a-fA-F]", "", found.group())
        yield from _read(bytes.fromhex(digits[: len(digits) // 2 * 2]))
    for found in _BINARY.finditer(text):
        digits = "".join(found.group().split())
        yield from _read(bytes(int(digits[at : at + 8], 2) for at in range(0, len(digits) - 7, 8)))
    for found in _NUMBERS.finditer(text):
        numbers = [int(number) for number in re.findall(r"\d+", found.group())]
        if all(1 <= number <= 26 for number in numbers):
            yield "".join(chr(96 + number) for number in numbers)
        elif all(32 <= number <= 126 for number in numbers):
            yield plain("".join(map(chr, numbers)))
    for found in _MORSE.finditer(text):
        signs = re.split(r"[\s/|]+", found.group().translate(_MORSE_SIGNS))
        yield "".join(_MORSE_LETTERS.get(sign, "") for sign in signs)


def _from_base64(code: str) -> bytes:
    code = code.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(code[: len(code) // 4 * 4] if len(code) % 4 == 1 else code + "=" * (-len(code) % 4))
    except (binascii.Error, ValueError):
        return b""


def _read(said: bytes) -> Iterator[str]:
    """Bytes as text, where they are one: ordinary words taken for Base64 give noise."""
    try:
        text = said.decode()
    except UnicodeDecodeError:
        return
    if text.isprintable():
        yield plain(text)


def games(text: str) -> Iterator[str]:
    """What is hidden in the order of letters: one by one, first and last ones, every second, upside down, Pig Latin.

    `text` is `plain`. Ordinary talk yields noise here, so look for a run in it that nothing but intent explains.
    """
    for found in _SPELLED.finditer(text):
        yield letters(found.group())
    spoken = words(text)
    bare = "".join(spoken)
    yield _once("".join(word[0] for word in spoken))
    yield _once("".join(word[-1] for word in spoken))
    yield _once("".join(line[0] for line in _LINE_END.split(text) if line))
    yield _once(bare[::2])
    yield _once(bare[1::2])
    if _TURNED.intersection(text):
        yield letters(text.translate(_UPRIGHT))[::-1]
    if "ay" in text:
        for moved in _PIG:
            yield letters("".join(end + start for start, end in moved.findall(text)))
