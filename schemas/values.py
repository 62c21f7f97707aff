"""What all values share: frozen, closed, and picky about names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, cast

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic import Field as _Field

ID_PATTERN = r"^[a-z0-9][a-z0-9_.:-]{0,127}$"

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
"""A name that files, URLs, YAML and SQL all carry unquoted: `marta`, `the_gilded_hand`, `goblin-2`."""

LocaleKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,127}$")]
"""A message of `config/locales/*.ftl`; whatever a player sees is one of these, or the model's own words."""

LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
"""A BCP 47 language tag: `en`, `de`, `pt-BR`."""

UnitFloat = Annotated[float, _Field(ge=0.0, le=1.0)]
"""0 to 1."""

SignedUnitFloat = Annotated[float, _Field(ge=-1.0, le=1.0)]
"""-1 to 1."""


class Value(BaseModel):
    """A value that travels: frozen, and it refuses fields that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)


def as_fields(value: object) -> Mapping[str, object] | None:
    """Raw input of a model before validation as a mapping, or None when it is something else."""
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else None
