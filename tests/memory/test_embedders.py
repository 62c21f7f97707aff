"""The lexical embedder."""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory import LexicalEmbedder
from schemas import PROJECT

EMBEDDER = LexicalEmbedder()


async def closeness(one: str, other: str) -> float:
    a, b = await EMBEDDER.embed([one, other])
    return float(np.dot(a, b))


async def test_texts_that_share_words_are_close() -> None:
    question = "Who stole the purse?"

    assert await closeness(question, "A goblin stole my purse.") > 0.3 > await closeness(question, "It rained all day.")


async def test_forms_of_a_word_are_closer_than_strangers() -> None:
    assert await closeness("burning villages", "the village burned") > await closeness("burning villages", "cold soup")


async def test_the_same_text_has_the_same_vector_in_every_process() -> None:
    script = (
        "import asyncio, hashlib, json; from memory import LexicalEmbedder; "
        "vectors = asyncio.run(LexicalEmbedder().embed(['The orphanage burned.'])); "
        "print(hashlib.sha256(json.dumps(vectors).encode()).hexdigest())"
    )
    elsewhere = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True
    )

    here = json.dumps(await EMBEDDER.embed(["The orphanage burned."])).encode()
    assert elsewhere.stdout.strip() == hashlib.sha256(here).hexdigest()


@given(text=st.text(max_size=200))
async def test_any_text_at_all_has_a_vector_of_length_one_or_none(text: str) -> None:
    [vector] = await EMBEDDER.embed([text])

    assert len(vector) == EMBEDDER.dimension
    assert float(np.linalg.norm(vector)) == pytest.approx(1.0) or not any(vector)
