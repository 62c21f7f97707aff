"""Files of one-line phrases, such as the names of all creatures, read in a fraction of the time of the whole parser."""

from __future__ import annotations

import re

from fluent.syntax import ast

_PHRASE = re.compile(r"([a-zA-Z][a-zA-Z0-9_-]*) *= *([^\s{}\[*.#][^{}\r\n]*)")
_NOTHING = re.compile(r"#{1,3}(?: [^\r\n]*)?|")


def read_plain(text: str) -> ast.Resource | None:
    """The messages of FTL that has only comments, blank lines and one-line phrases without blanks to fill in.

    None for any other text, right or wrong: that is the parser's to read. Comments and places are left out.
    """
    messages = list[ast.EntryType]()
    for line in text.split("\n"):
        phrase = _PHRASE.fullmatch(line)
        if phrase is not None:
            value = ast.Pattern([ast.TextElement(phrase[2].rstrip(" "))])
            messages.append(ast.Message(ast.Identifier(phrase[1]), value))
        elif _NOTHING.fullmatch(line) is None:
            return None
    return ast.Resource(messages)
