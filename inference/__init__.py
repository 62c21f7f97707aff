"""Language models behind one seam: the vLLM client, its doubles, tokens, embeddings and the registry.

What speaks to an endpoint comes in when somebody first asks for it: the SDK below it takes up to a second to import,
and a process in which rules decide everything does without. So does the client of Redis.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from inference.budgets import (
    BEHIND_PLAY,
    Budgets,
    GatedEmbedder,
    GatedModel,
    GatedReranker,
    Keeping,
    Switch,
    account_now,
    working_for,
)
from inference.budgets.gate import LooksByItself
from inference.caching import AnswerCache, Exported, Found, InProcess, Kept, Question, read_answers, write_answers
from inference.health import Health
from inference.hear import faults_of, hear
from inference.lanes import Lane
from inference.model import Answer, Ask, Message, Model
from inference.outlook import Outlook, outlook
from inference.recorded import RecordedModel, Recording, RecordingModel, key_of
from inference.registry import ModelRegistry, Price, RegisteredModel, Role, load_models
from inference.schema import for_grammar
from inference.scripted import Line, Script, ScriptedModel
from inference.swapping import swap
from inference.tokens import TokenCounter, at_most, estimate
from inference.watched import WatchedModel
from inference.weights import checksum

if TYPE_CHECKING:
    from inference.caching.in_redis import InRedis
    from inference.client import Endpoint
    from inference.embeddings import Embedder, EndpointEmbedder
    from inference.endpoints import EndpointState, ModelPool
    from inference.looking import Look, look
    from inference.relayed import RelayedEmbedder, RelayedReranker
    from inference.rerank import EndpointReranker
    from inference.vllm import VllmModel

__all__ = [
    "BEHIND_PLAY",
    "Answer",
    "AnswerCache",
    "Ask",
    "Budgets",
    "Embedder",
    "Endpoint",
    "EndpointEmbedder",
    "EndpointReranker",
    "EndpointState",
    "Exported",
    "Found",
    "GatedEmbedder",
    "GatedModel",
    "GatedReranker",
    "Health",
    "InProcess",
    "InRedis",
    "Keeping",
    "Kept",
    "Lane",
    "Line",
    "Look",
    "LooksByItself",
    "Message",
    "Model",
    "ModelPool",
    "ModelRegistry",
    "Outlook",
    "Price",
    "Question",
    "RecordedModel",
    "Recording",
    "RecordingModel",
    "RegisteredModel",
    "RelayedEmbedder",
    "RelayedReranker",
    "Role",
    "Script",
    "ScriptedModel",
    "Switch",
    "TokenCounter",
    "VllmModel",
    "WatchedModel",
    "account_now",
    "at_most",
    "checksum",
    "estimate",
    "faults_of",
    "for_grammar",
    "hear",
    "key_of",
    "load_models",
    "look",
    "outlook",
    "read_answers",
    "swap",
    "working_for",
    "write_answers",
]

_WITH_THE_SDK = {
    "Embedder": "embeddings",
    "Endpoint": "client",
    "EndpointEmbedder": "embeddings",
    "EndpointReranker": "rerank",
    "EndpointState": "endpoints",
    "InRedis": "caching.in_redis",
    "Look": "looking",
    "ModelPool": "endpoints",
    "RelayedEmbedder": "relayed",
    "RelayedReranker": "relayed",
    "VllmModel": "vllm",
    "look": "looking",
}
"""Names, and the module of each."""


def __getattr__(name: str) -> object:
    if name not in _WITH_THE_SDK:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(f"{__name__}.{_WITH_THE_SDK[name]}"), name)
