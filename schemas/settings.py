"""How an installation is set up: `config/loomwright.toml`, under `LOOMWRIGHT_*`; secrets come from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from re import Pattern
from tomllib import TOMLDecodeError
from typing import Annotated, Literal, Self, cast

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from schemas.characters import Rank
from schemas.errors import BadSettings, Fault
from schemas.values import Id, UnitFloat, Value

PROJECT = Path(__file__).resolve().parent.parent


ModelRole = Literal["narrator", "tactician", "judge"]
EndpointRole = Literal[ModelRole, "embedder", "reranker"]
_OTHER_WORK: frozenset[EndpointRole] = frozenset({"embedder", "reranker"})
"""What a server does that answers no questions."""
"""What a model is asked for: words, turns in a fight, opinions."""


class ModelSettings(Value):
    """The endpoint that decisions are asked of."""

    url: str | None = None
    """Base of an OpenAI-compatible API (`http://127.0.0.1:8000/v1`); short for one endpoint with every role."""
    name: str | None = None
    """The model's name there; None: the first that the endpoint lists."""
    temperature: float = Field(default=0.7, ge=0, le=2)
    context_tokens: int = Field(default=6_144, ge=256)
    """How long a prompt may be, answer not counted."""


class EndpointSettings(Value):
    """One of several servers that decisions are asked of, or that find what a character remembers."""

    name: Id
    """For people: in `doctor`, in logs, and in `LOOMWRIGHT_ENDPOINT_KEYS__NAME`."""
    url: str
    """Base of an OpenAI-compatible API: `http://127.0.0.1:8000/v1`."""
    model: str | None = None
    """The model's name there; None: the first that the endpoint lists."""
    weight: float = Field(default=1.0, gt=0, le=1_000)
    """Its share of the questions, relative to the others'."""
    roles: tuple[EndpointRole, ...] = Field(default=("narrator", "tactician", "judge"), min_length=1)
    """Which questions it answers: a graph's `generate` names the role it wants. `embedder`, `reranker`: alone."""
    priorities: bool = False
    """The server schedules by priority (vLLM: `--scheduling-policy priority`); others refuse questions with one."""
    at_once: int = Field(default=64, ge=1, le=10_000)
    """Questions that it is sent at once; more wait, in the order of their lanes."""
    per_second: float | None = Field(default=None, gt=0)
    """Questions a second that it may be sent; None: any number."""

    @model_validator(mode="after")
    def _one_sort_of_work(self) -> Self:
        if len(self.roles) > 1 and (other := _OTHER_WORK & set(self.roles)):
            raise ValueError(f"'{min(other)}' is work for another model: make it an endpoint of its own")
        return self

    @property
    def answers(self) -> bool:
        """Whether it is asked questions."""
        return not _OTHER_WORK & set(self.roles)


class GuardSettings(Value):
    """What keeps endpoints that fail, hang or are overrun from holding up decisions."""

    failures: int = Field(default=5, ge=1, le=100)
    """After so many failures in a row an endpoint is left alone."""
    rest_seconds: float = Field(default=5.0, gt=0, le=600)
    """For so long; then one question, or a probe, finds out whether it is back."""
    probe_seconds: float = Field(default=5.0, ge=0, le=600)
    """Seconds between two looks at endpoints that nobody asked meanwhile; 0: none."""
    retries: int = Field(default=3, ge=0, le=3)
    """Further attempts after pauses of 50, 100 and 200 ms, give or take half, as far as the deadline allows."""
    queue: int = Field(default=256, ge=0, le=100_000)
    """Questions that may wait for a place. Crowds may fill a quarter of it, bosses three quarters, players all."""
    world_per_second: float | None = Field(default=None, gt=0)
    """Questions a second that one world may ask; None: any number."""
    hedge_ms: int | None = Field(default=None, ge=1, le=60_000)
    """What a player waits for is asked a second endpoint, too, after so many milliseconds; None: never."""


Likeness = Annotated[float, Field(ge=0.85, le=1)]


class CacheSettings(Value):
    """What models answered before, and may be said again."""

    store: Literal["off", "memory", "redis"] = "off"
    """Where answers are kept: nowhere | in this process | in a Redis that several processes share."""
    redis_url: str | None = None
    """`redis://127.0.0.1:6379/0`; needs the extra `redis`."""
    patience_ms: int = Field(default=10, ge=1, le=10_000)
    """For so long Redis is waited for at a time; then it is as if nothing were kept."""
    entries: int = Field(default=10_000, ge=1, le=10_000_000)
    """Answers that are kept in this process; the one that was not said for longest goes first."""
    ttl_seconds: float = Field(default=3_600.0, gt=0)
    """For so long an answer is kept."""
    variants: int = Field(default=4, ge=1, le=64)
    """Answers to one question that are kept; the oldest gives way."""
    semantic: dict[Id, Likeness] = Field(default_factory=lambda: {"dialogue": 0.92, "combat": 0.95, "tactics": 0.95})
    """By kind: how alike (cosine, 0.85 to 1) a situation must be to get the answer of another. Others get none."""
    file: Path | None = None
    """For `memory`: read when a process begins, written when it ends; what `loomwright cache warm` writes to."""


class EmbedderSettings(Value):
    """What turns text into vectors."""

    kind: Literal["lexical", "endpoint", "chroma"] = "lexical"
    """`lexical` needs nothing; `endpoint` asks `/v1/embeddings`; `chroma` downloads MiniLM once."""
    url: str | None = None
    name: str | None = None
    dimension: int = Field(default=384, ge=1, le=16_384)
    """Numbers in a vector of the endpoint's model."""


class RerankSettings(Value):
    """A cross-encoder that looks at the best memories once more."""

    url: str | None = None
    """Base of an API that has `/rerank` or `/score`, such as vLLM's; without it nothing is reranked."""
    name: str | None = None
    """The model's name there."""
    candidates: int = Field(default=20, ge=2, le=200)
    """The best so many memories are read again."""


class RecallSettings(Value):
    """How one thing brings another to mind."""

    initial_energy: float = Field(default=1.0, gt=0, le=10)
    decay: UnitFloat = 0.5
    """What is left of the energy after one link."""
    depth: int = Field(default=2, ge=0, le=6)
    """Links to follow."""
    threshold: float = Field(default=0.1, ge=0)
    """A tag with less energy is not brought to mind, and passes nothing on."""
    facts: int = Field(default=20, ge=0, le=200)
    """Facts to recall at the most."""
    dense: float = Field(default=1.5, ge=0, le=10)
    """What likeness in meaning weighs. 0 switches this leg off."""
    lexical: float = Field(default=1.0, ge=0, le=10)
    """What shared words weigh. 0 switches this leg off."""
    associative: float = Field(default=0.3, ge=0, le=10)
    """What shared tags weigh. 0 switches this leg off."""
    neighbours: float = Field(default=1.0, ge=0, le=2)
    """How much of a memory's score goes to those just after and before it in its thread."""
    named: float = Field(default=0.3, ge=0, le=10)
    """What it adds that a memory is by or about somebody whom the question names."""
    recency: float = Field(default=0.02, ge=0, le=10)
    """What it adds to be the newest, by the game's clock."""
    importance: float = Field(default=0.05, ge=0, le=10)
    """What it adds to be the most important."""
    rerank: RerankSettings = RerankSettings()


class ConversationSettings(Value):
    """How much of a conversation goes into a prompt."""

    tokens: int = Field(default=4_096, ge=0)
    """Its last turns, and the summary of those before, come to no more than this."""
    summaries: Literal["off", "rules", "model"] = "rules"
    """Who sums up what was dropped, in the background: nobody, an extract by rule, or the model."""
    summarise_after: int = Field(default=10, ge=1)
    """Turns that must have been dropped since the last summary."""


class ConsolidationSettings(Value):
    """How a character's small memories become long-term ones. Hours are the game's."""

    enabled: bool = True
    """Whether it is done behind play."""
    settled_hours: float = Field(default=24.0, ge=0)
    """Nothing younger is touched."""
    alike: UnitFloat = 0.92
    """Cosine of two texts' vectors from which on they say the same."""
    alike_hours: float = Field(default=48.0, ge=0)
    """Two that only nearly say the same are one when no more than this lies between them."""
    small: UnitFloat = 0.6
    """Below this importance a memory may go into a longer one."""
    pause_hours: float = Field(default=4.0, ge=0)
    """After so long a pause another run of memories begins."""
    least: int = Field(default=3, ge=2)
    """Memories that make a run."""
    most: int = Field(default=8, ge=2)
    """Memories that go into one long-term memory."""
    letters: int = Field(default=1_200, ge=200, le=4_000)
    """What a long-term memory keeps of them."""


class ForgettingSettings(Value):
    """What fades from a character's memory, by the game's clock: retention is exp(-age / strength)."""

    enabled: bool = True
    """Whether it is done behind play."""
    half_life_days: float = Field(default=30.0, gt=0)
    """Days after which half is left of a memory that meant nothing, moved nobody and was never used."""
    importance: float = Field(default=3.0, ge=0)
    """By how much the greatest importance makes it stronger: 3 makes it four times as strong."""
    emotion: float = Field(default=1.0, ge=0)
    """By how much the greatest emotion does."""
    use: float = Field(default=1.0, ge=0)
    """By how much being used does, times the natural logarithm of 1 + how often."""
    threshold: UnitFloat = 0.05
    """Of what is retained less than this, nothing comes to mind any more."""
    lasting: float = Field(default=0.9, ge=0)
    """From this importance on a memory never fades by itself; above 1: all may."""
    untouched_hours: float = Field(default=24.0, ge=0)
    """Nothing younger is forgotten, not even over the budget."""
    budget: int | None = Field(default=None, ge=1)
    """Memories that a character may hold; None: any number."""


class UpkeepSettings(Value):
    """What is done to memories behind play."""

    every_decisions: int = Field(default=200, ge=1)
    """Of a world: after so many, the memories of those who decided are tidied."""
    every_hours: float = Field(default=24.0, gt=0)
    """Or after so many hours of the game, whichever is first."""
    by_model: bool = False
    """The model says what long-term memories keep, behind all that a player waits for; otherwise a rule does."""
    consolidation: ConsolidationSettings = ConsolidationSettings()
    forgetting: ForgettingSettings = ForgettingSettings()


class SavesSettings(Value):
    """Which points of a world's history get a name by themselves."""

    autosave_minutes: int = Field(default=0, ge=0)
    """Minutes of the game's time between two autosaves; 0: none are made."""
    keep: int = Field(default=5, ge=1)
    """Autosaves that a world keeps; older ones are given up, and what they named stays in the record."""


class PolicySettings(Value):
    """Who may decide."""

    ask_models: bool = True
    """The kill switch: where it is false, nothing is sent to any model server."""
    always: tuple[Id, ...] = ("diplomacy", "tactics")
    """Kinds that no budget sends to the rules: negotiation and long-term strategy. What they cost is counted."""
    max_tool_calls: int = Field(default=3, ge=0, le=16)
    """Tool calls that one decision may make."""
    work_ms: float = Field(default=16.0, ge=0, le=1_000)
    """Milliseconds of a core that a decision by a model takes of this process, falling back included. So many are
    begun at once as can end in time, the rest goes to the rules. 0: all of them are begun."""


class BudgetSettings(Value):
    """How much of what it covers may go to models, in a day. What is over goes to the rules."""

    name: Id
    """For people: in `loomwright budgets`, in logs, in alerts."""
    worlds: tuple[Id, ...] = ()
    """It covers these worlds; none named: all."""
    kinds: tuple[Id, ...] = ()
    """And these kinds of decision, `behind_play` among them (summaries, upkeep); none named: all."""
    ranks: tuple[Rank, ...] = ()
    """And characters of these ranks; none named: all, and what is done behind play."""
    per: Literal["day", "game_day"] = "day"
    """`day`: by the clock on the wall, in UTC. `game_day`: by the game's calendar, for each world by itself."""
    share: UnitFloat | None = None
    """Of the decisions: drawn from their seeds, and never more than so many of those made so far, rounded up."""
    decisions: int | None = Field(default=None, ge=0)
    """Decisions that models may make."""
    tokens: int | None = Field(default=None, ge=0)
    """Of prompts and answers, as the servers count them."""
    money: float | None = Field(default=None, ge=0)
    """By the prices in `models.toml`, in their currency."""
    alerts: tuple[float, ...] = (0.5, 0.8, 1.0)
    """Where it is told how much of `decisions`, `tokens` or `money` is used up; 0.8 is 80 %."""


class EncounterSettings(Value):
    """How the odds of an encounter are found: it is fought many times, by the rules."""

    fights: int = Field(default=200, ge=0, le=10_000)
    """So many fights, as far as half of the time that is left allows; below 20 there are no odds."""
    party: Id = "tank_and_healer"
    """The archetype of `config/parties` that fights them, at the levels of the request."""
    processes: int = Field(default=0, ge=0, le=64)
    """Processes that play the fights, started when a Loom opens; 0: a thread of this one, which slows others."""


class LogSettings(Value):
    """What is said while it runs."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"
    file: Path | None = None
    """None: standard error."""


class CallsSettings(Value):
    """What the log of calls keeps beside names and numbers."""

    texts: bool = False
    """Prompts and answers, too, for a workshop: they hold what players typed. What leads to people is redacted."""
    redact: tuple[Pattern[str], ...] = ()
    """Regular expressions: whatever else is taken out of prompts and answers before they are kept."""


class TelemetrySettings(Value):
    """Who is told what is measured. Nothing leaves by default, and texts never do."""

    otlp_url: str | None = Field(default=None, pattern=r"^https?://")
    """Base of a collector that speaks OTLP over HTTP (`http://127.0.0.1:4318`); None: nothing is sent."""
    prometheus_port: int | None = Field(default=None, ge=1, le=65_535)
    """Where Prometheus may read `/metrics`; None: nowhere."""
    prometheus_host: str = "127.0.0.1"
    """The address of that port; `0.0.0.0`: for other machines too."""
    trace_share: UnitFloat = 1.0
    """Of the decisions: how many the collector gets spans of. Metrics count all."""
    metrics_seconds: float = Field(default=15.0, gt=0)
    """How often the collector gets the metrics."""
    service_name: str = Field(default="loomwright", min_length=1)
    """What this process is called there."""


class Settings(BaseSettings):
    """Everything that can be set. Nested names take two underscores: `LOOMWRIGHT_MODEL__URL`."""

    model_config = SettingsConfigDict(
        env_prefix="LOOMWRIGHT_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
    )

    home: Path = Path(".loomwright")
    """Where SQLite, Chroma and checkpoints live."""
    config: Path = PROJECT / "config"
    world: Id = "morning_star"
    """The world of requests that are made on the command line."""
    record_url: str | None = None
    """SQLAlchemy URL of the record; None: SQLite in `home`."""
    graphs: tuple[Path, ...] = (PROJECT / "graphs" / "library",)
    """Folders with declarations; a later one wins."""
    model: ModelSettings = ModelSettings()
    endpoints: tuple[EndpointSettings, ...] = ()
    """The servers that decisions are asked of, where there are several; none, and no `model.url`: rules decide."""
    guards: GuardSettings = GuardSettings()
    cache: CacheSettings = CacheSettings()
    embedder: EmbedderSettings = EmbedderSettings()
    recall: RecallSettings = RecallSettings()
    conversation: ConversationSettings = ConversationSettings()
    upkeep: UpkeepSettings = UpkeepSettings()
    saves: SavesSettings = SavesSettings()
    policy: PolicySettings = PolicySettings()
    budgets: tuple[BudgetSettings, ...] = ()
    """How much may go to models: none, and only the graphs' own shares hold."""
    encounters: EncounterSettings = EncounterSettings()
    calls: CallsSettings = CallsSettings()
    log: LogSettings = LogSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    api_key: SecretStr | None = None
    """For the endpoints. From the environment only."""
    endpoint_keys: dict[Id, SecretStr] = {}
    """For single endpoints, by their names, instead of `api_key`. From the environment only."""

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        names = [endpoint.name for endpoint in self.endpoints]
        if self.model.url is not None and any(endpoint.answers for endpoint in self.endpoints):
            raise ValueError("there are `endpoints`, and `model.url` besides: make it one of them")
        if self.cache.store == "redis" and self.cache.redis_url is None:
            raise ValueError("cache: `redis` needs a `redis_url`, such as redis://127.0.0.1:6379/0")
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"endpoints: '{twice[0]}' is there twice")
        budgets = [budget.name for budget in self.budgets]
        if twice := sorted({name for name in budgets if budgets.count(name) > 1}):
            raise ValueError(f"budgets: '{twice[0]}' is there twice")
        return self

    @property
    def servers(self) -> tuple[EndpointSettings, ...]:
        """The endpoints to ask, `model.url` written out; empty: rules decide everything."""
        if self.model.url is None:
            return tuple(endpoint for endpoint in self.endpoints if endpoint.answers)
        return (EndpointSettings(name="model", url=self.model.url, model=self.model.name),)

    @property
    def embedders(self) -> tuple[EndpointSettings, ...]:
        """The endpoints that embed, `embedder.url` written out."""
        return self._working_as("embedder", self.embedder.url, self.embedder.name)

    @property
    def rerankers(self) -> tuple[EndpointSettings, ...]:
        """The endpoints that rerank, `recall.rerank.url` written out."""
        return self._working_as("reranker", self.recall.rerank.url, self.recall.rerank.name)

    def _working_as(self, role: EndpointRole, url: str | None, name: str | None) -> tuple[EndpointSettings, ...]:
        listed = tuple(endpoint for endpoint in self.endpoints if role in endpoint.roles)
        return listed if url is None else (EndpointSettings(name=role, url=url, model=name, roles=(role,)), *listed)

    def key_for(self, endpoint: str) -> SecretStr | None:
        """The key that goes to the endpoint of that name."""
        return self.endpoint_keys.get(endpoint, self.api_key)

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys in the clear, for whoever takes them out of texts."""
        own = (self.api_key,) if self.api_key is not None else ()
        return tuple(key.get_secret_value() for key in (*own, *self.endpoint_keys.values()))

    def asking(self, url: str | None, name: str | None = None) -> Settings:
        """The same settings, with this one endpoint (None: as they are) and model in place of all others."""
        if url is None and name is None:
            return self
        given = {"url": url or self.model.url, "name": name or self.model.name}
        others = tuple(
            one if not one.answers else one.model_copy(update={"model": name})
            for one in self.endpoints
            if not (url and one.answers)
        )
        return self.model_copy(update={"model": self.model.model_copy(update=given), "endpoints": others})

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is passed wins over the environment, and that over the file."""
        file = _TomlWithoutSecrets(settings_cls, toml_file=settings_file())
        return init_settings, env_settings, file


class _TomlWithoutSecrets(TomlConfigSettingsSource):
    def __call__(self) -> dict[str, object]:
        values = super().__call__()
        tables = values.get("endpoints")
        listed = cast("list[object]", tables) if isinstance(tables, list) else []
        if values.keys() & {"api_key", "endpoint_keys"}:
            raise _secret("Set LOOMWRIGHT_API_KEY.")
        if any(isinstance(one, dict) and "api_key" in one for one in listed):
            raise _secret("Set LOOMWRIGHT_ENDPOINT_KEYS__NAME, or LOOMWRIGHT_API_KEY for all.")
        return values


def _secret(hint: str) -> BadSettings:
    return BadSettings(Fault(str(settings_file()), "a secret does not belong in a file.", hint))


def settings_file() -> Path:
    """The file that settings are read from: `LOOMWRIGHT_SETTINGS`, or the one in `config/`."""
    return Path(os.environ.get("LOOMWRIGHT_SETTINGS", PROJECT / "config" / "loomwright.toml"))


def load_settings(**overrides: object) -> Settings:
    """Read the settings.

    Raises:
        BadSettings: with every field that does not fit.
    """
    try:
        return Settings(**overrides)  # pyright: ignore[reportArgumentType]  # checked by pydantic, field by field
    except ValidationError as error:
        raise BadSettings(
            [
                Fault(".".join(str(part) for part in fault["loc"]) or "settings", fault["msg"])
                for fault in error.errors()
            ]
        ) from None
    except SettingsError as error:
        what = f"{error}."
        raise BadSettings(Fault("settings", what, "Lists and tables are written as JSON.")) from None
    except TOMLDecodeError as error:
        raise BadSettings(Fault(str(settings_file()), f"is not TOML: {error}.")) from None
