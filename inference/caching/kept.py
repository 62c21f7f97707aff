"""What is kept of an answer: enough to say it again, and to know whether it may be said."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Literal, Self, TypeAlias

import numpy as np
from pydantic import Field, JsonValue, model_validator

from schemas import Id, Tokens, Value

FORMAT = 1
"""Raised whenever a field changes its meaning: what another version kept is not read."""

Vector: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.float32]]"
_DIGEST = r"^[0-9a-f]{32}$"


class Kept(Value):
    """An answer of a model that was accepted. It carries a seal: one that was changed on its way is refused."""

    format: Literal[1] = FORMAT
    world: Id
    kind: Id
    key: str = Field(pattern=_DIGEST)
    """Of the question: everything that shaped the answer, but the seed."""
    drawer: str | None = Field(default=None, pattern=_DIGEST)
    """Of all that another situation must share with this one; None: it answers this question only."""
    vectors: tuple[str, ...] = ()
    """What the situation was like, part by part: float32 of length 1, little-endian, base64."""
    content: dict[str, JsonValue]
    """As its proposal; what rules compute is computed anew."""
    calls: tuple[dict[str, JsonValue], ...] = ()
    """Tool calls, as the model made them: the guard sees them anew."""
    model: str
    model_version: str = ""
    tokens: Tokens = Tokens()
    """What it took to get this answer."""
    milliseconds: float = Field(default=0.0, ge=0)
    kept_at: float
    """Seconds since 1970."""
    seal: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.seal != self.sum():
            raise ValueError("the seal does not fit: something has changed this answer")
        return self

    @classmethod
    def sealed(cls, **fields: object) -> Self:
        """A new one."""
        bare = cls.model_construct(**fields)  # pyright: ignore[reportArgumentType]  # validated in the next line
        return cls.model_validate({**bare.model_dump(mode="json"), "seal": bare.sum()})

    @property
    def id(self) -> str:
        """The same words to the same question are the same answer."""
        return name_of(self.world, self.key, self.content, self.calls)

    @property
    def weights(self) -> str | None:
        """The version of its model, by the registry; None: it was not in there."""
        return self.model_version.partition("#")[0] or None

    def unpacked(self) -> tuple[Vector, ...]:
        """Its vectors as numbers."""
        return tuple(np.frombuffer(base64.b64decode(text), dtype="<f4") for text in self.vectors)

    def sum(self) -> str:
        """What its seal says, if nobody has changed it."""
        return _digest(self.model_dump(mode="json", exclude={"seal"}))


def name_of(world: str, key: str, content: Mapping[str, object], calls: Sequence[Mapping[str, object]]) -> str:
    """The name of an answer."""
    return _digest([world, key, content, list(calls)])


def pack(vector: Sequence[float] | Vector) -> str:
    """A vector, scaled to length 1, as text."""
    numbers = np.asarray(vector, dtype="<f4")
    length = float(np.linalg.norm(numbers))
    return base64.b64encode((numbers / length if length else numbers).astype("<f4").tobytes()).decode()


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=True).encode()).hexdigest()[:32]
