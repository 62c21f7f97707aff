"""How long a prompt is, in tokens: asked of the server, or estimated on the safe side."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from inference.model import Message, sendable
from schemas import ModelError

if TYPE_CHECKING:
    from inference.client import Endpoint

A_MESSAGE = 8
"""Tokens that a chat template puts around each message: role, marks, line breaks (Llama 3: 5, Qwen 3: 5, ChatML: 4)."""

A_PROMPT = 8
"""Tokens that it puts around the whole: the beginning, and the assistant's opening."""

REMEMBERED = 4096
"""Counts kept; prompts share their fixed parts, which are counted one by one."""

_WORDS = re.compile(r" ?[^\W\d_]+|\s+|.", re.DOTALL)


def estimate(prompt: str | Sequence[Message]) -> int:
    """Tokens, never fewer than a byte-level tokenizer makes of prose it was trained for (English, German and kin).

    A word counts three tokens for five UTF-8 bytes, its blank included and rounded up (the tokenizers of today's models
    take four to five bytes of English at a time, three of German; the tests' own, with 900 words, takes two); a run of
    blanks and every byte of digits, signs and emoji count one each. So prose comes out two to three times too long:
    right for a budget that must hold, wrong for a bill. For text no tokenizer was made for see `at_most`.
    """
    if isinstance(prompt, str):
        return _of_text(prompt)
    return A_PROMPT + sum(A_MESSAGE + estimate(message["content"]) for message in prompt)


def at_most(text: str) -> int:
    """Tokens that no byte-level tokenizer can exceed, whatever the text: one a UTF-8 byte."""
    return len(text.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=256)  # a prompt is cut step by step, and most of it stays
def _of_text(text: str) -> int:
    return sum(map(_of_piece, _WORDS.findall(text)))


@lru_cache(maxsize=16_384)  # prose says the same words over and over
def _of_piece(piece: str) -> int:
    size = at_most(piece)
    if piece.isspace():
        return 1 if set(piece) == {" "} else size
    return -(-3 * size // 5) if piece.strip()[:1].isalpha() else size


class TokenCounter:
    """Counts with the server's `/tokenize`; where there is none, `estimate`. Remembers what it has counted."""

    def __init__(self, endpoint: Endpoint, *, seconds: float = 1.0) -> None:
        self._endpoint, self._seconds = endpoint, seconds
        self._has_tokenize = True
        self._known: OrderedDict[tuple[str, object], int] = OrderedDict()

    async def count(self, model: str, prompt: str | Sequence[Message]) -> int:
        """Tokens of a text, or of a whole chat with its template. Never an error."""
        question = prompt if isinstance(prompt, str) else tuple((turn["role"], turn["content"]) for turn in prompt)
        key = (model, question)
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        if not self._has_tokenize:
            return estimate(prompt)
        try:
            counted = await self._ask(model, prompt)
        except ModelError as error:
            # A server that answers, but not to this, will not learn it; one that is away may come back.
            self._has_tokenize = error.code in {"model_unavailable", "model_timeout"}
            return estimate(prompt)
        self._known[key] = counted
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return counted

    async def _ask(self, model: str, prompt: str | Sequence[Message]) -> int:
        body: dict[str, object] = {"model": model}
        if isinstance(prompt, str):
            body |= {"prompt": prompt.encode("utf-8", "replace").decode(), "add_special_tokens": False}
        else:
            body |= {"messages": sendable(prompt), "add_generation_prompt": True}
        said = await self._endpoint.post(f"{self._endpoint.root}/tokenize", body, seconds=self._seconds)
        count = said.get("count")
        if not isinstance(count, int):
            raise self._endpoint.named(TypeError("/tokenize gave no count"))
        return count
