"""Which models there are, what they are for and what they cost: `config/models.toml` as values."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import cast

from pydantic import Field, ValidationError

from schemas import BadSettings, Fault, UnknownThing, Value

_MILLION = 1_000_000


class Role(StrEnum):
    """What a model is for."""

    NARRATOR = "narrator"
    """Speaks and tells: dialogue, quests, diplomacy, introductions."""
    TACTICIAN = "tactician"
    """Decides on a turn in a fight, short and fast."""
    JUDGE = "judge"
    """Scores answers in evals."""
    EMBEDDER = "embedder"
    RERANKER = "reranker"


class Price(Value):
    """Per million tokens, in the currency of the bill; 0 for a machine of one's own."""

    prompt: float = Field(default=0.0, ge=0)
    completion: float = Field(default=0.0, ge=0)


class RegisteredModel(Value):
    """One model that an endpoint may serve."""

    name: str = Field(min_length=1)
    """As the endpoint calls it."""
    version: str = Field(min_length=1)
    """Goes into each receipt."""
    roles: tuple[Role, ...] = Field(min_length=1)
    context_length: int = Field(gt=0)
    """Tokens of prompt and answer together."""
    dimension: int | None = Field(default=None, gt=0)
    """Numbers in a vector; embedders only."""
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """Of the weights (`inference.checksum`); None: not pinned."""
    weights: Path | None = None
    """Where they lie on this machine, a file or a folder, relative to the registry; None: only their server knows."""
    quantization: str | None = Field(default=None, min_length=1)
    """How they are stored, by the server's name for it (`fp8`, `awq`, `Q4_K_M`); None: as they were trained."""
    chat_template: str | None = Field(default=None, min_length=1)
    """The file that the server is given as its chat template; None: the one that comes with the weights."""
    price: Price = Price()

    def cost(self, *, prompt_tokens: int, completion_tokens: int) -> float:
        """What one answer cost, in the price's currency."""
        return (prompt_tokens * self.price.prompt + completion_tokens * self.price.completion) / _MILLION


class ModelRegistry(Value):
    """All registered models, by name and by role; the first of a role is its default."""

    models: tuple[RegisteredModel, ...] = ()

    def named(self, name: str) -> RegisteredModel:
        """The model of that name. Raises UnknownThing with the nearest known one."""
        for model in self.models:
            if model.name == name:
                return model
        raise UnknownThing("model", name, [model.name for model in self.models], where="models.toml")

    def for_role(self, role: Role) -> tuple[RegisteredModel, ...]:
        """The models for a role, the default first; none is an empty tuple."""
        return tuple(model for model in self.models if role in model.roles)


def load_models(path: Path) -> ModelRegistry:
    """Read a registry. Raises BadSettings with every fault in the file."""
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings(Fault(where=str(path), what=f"cannot be read: {error.strerror}.")) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(Fault(where=str(path), what=f"is not TOML: {error}.")) from error
    entries = read.pop("models", [])
    faults = [Fault(where=f"{path}: {key}", what="is not known here.", hint="Use [[models]].") for key in read]
    if not isinstance(entries, list):
        raise BadSettings([*faults, Fault(where=f"{path}: models", what="is not a list.", hint="Use [[models]].")])
    models: list[RegisteredModel] = []
    for number, entry in enumerate(cast("list[object]", entries)):
        try:
            models.append(_placed(RegisteredModel.model_validate(entry), path.parent))
        except ValidationError as error:
            faults += _faults_of(error, f"{path}: models[{number}]")
    names = [model.name for model in models]
    faults += [
        Fault(where=str(path), what=f"'{name}' is listed twice.") for name in set(names) if names.count(name) > 1
    ]
    if faults:
        raise BadSettings(faults)
    return ModelRegistry(models=tuple(models))


def _placed(model: RegisteredModel, folder: Path) -> RegisteredModel:
    return model.model_copy(update={"weights": folder / model.weights}) if model.weights is not None else model


def _faults_of(error: ValidationError, where: str) -> list[Fault]:
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return [
        Fault(where=".".join([where, *(str(step) for step in detail["loc"])]), what=f"{detail['msg']}.")
        for detail in details
    ]
