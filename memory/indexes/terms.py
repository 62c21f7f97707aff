"""Words as the lexical index sees them: the same for what is kept and for what is asked."""

from __future__ import annotations

import re
import unicodedata

MOST_TEXT = 16_384
"""Characters of a question that are looked at: whoever asks with a book is asking with its beginning."""
MOST_TERMS = 64
"""Different words of a question that are looked for."""
LONGEST = 64
"""Characters of a word that count."""
_WORD = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_SAYS_NOTHING = frozenset(
    _WORD.findall(
        "a about above after again all am an and any are as at be because been before being below between both but by "
        "can could did do does doing don down during each few for from further had has have having he her here hers "
        "herself him himself his how i if in into is it its itself just ll me more most my myself no nor not now of "
        "off on once only or other our ours ourselves out over own re s same shall she should so some such t than that "
        "the their theirs them themselves then there these they this those through to too under until up ve very was "
        "we were what when where which while who whom why will with would you your yours yourself yourselves"
    )
)
"""English words that are in every question and tell nothing of what it is after."""


def terms_of(text: str) -> list[str]:
    """The words of a text, in small letters and without accents; an underscore parts two words, as in `old_mill`."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))
    return [word[:LONGEST] for word in _WORD.findall(text.casefold())]


def asked_terms(text: str) -> list[str]:
    """What to look for: the words of a question that say something, each once, and not too many of them."""
    telling = (term for term in terms_of(text[:MOST_TEXT]) if term not in _SAYS_NOTHING)
    return list(dict.fromkeys(telling))[:MOST_TERMS]
