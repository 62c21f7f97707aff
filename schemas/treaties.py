"""What factions can promise each other. Terms are typed so that rules can weigh and check them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.values import Id, Value

Days = Annotated[int, Field(ge=1, le=3_650)]


class Term(Value):
    """One clause of a treaty. It runs for `days` days."""

    days: Days


class Peace(Term):
    """Neither attacks the other."""

    kind: Literal["peace"]


class Alliance(Term):
    """Each comes to the other's defence."""

    kind: Literal["alliance"]


class Trade(Term):
    """Goods and coin cross the border; worth `gold` a month to either side."""

    kind: Literal["trade"]
    gold: Annotated[int, Field(ge=0, le=1_000_000)]


class Tribute(Term):
    """`payer` pays the other side `gold` a month."""

    kind: Literal["tribute"]
    payer: Id
    gold: Annotated[int, Field(ge=1, le=1_000_000)]


class Passage(Term):
    """`grantor` lets the other side cross `place`."""

    kind: Literal["passage"]
    grantor: Id
    place: Id


class JointWar(Term):
    """Both go to war against `against`."""

    kind: Literal["joint_war"]
    against: Id


class Vassalage(Term):
    """`vassal` kneels to the other side."""

    kind: Literal["vassalage"]
    vassal: Id


class PrisonerExchange(Term):
    """Those named go home."""

    kind: Literal["prisoner_exchange"]
    prisoners: Annotated[tuple[Id, ...], Field(min_length=1, max_length=16)]


class Marriage(Term):
    """Two houses become one."""

    kind: Literal["marriage"]
    spouses: Annotated[tuple[Id, ...], Field(min_length=2, max_length=2)]


TreatyTerm = Annotated[
    Peace | Alliance | Trade | Tribute | Passage | JointWar | Vassalage | PrisonerExchange | Marriage,
    Field(discriminator="kind"),
]
