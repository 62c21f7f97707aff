"""Language models behind one seam: the vLLM client, its doubles, tokens, embeddings and the registry."""

from inference.client import Endpoint
from inference.embeddings import Embedder, EndpointEmbedder
from inference.health import Health
from inference.hear import faults_of, hear
from inference.model import Answer, Ask, Message, Model
from inference.recorded import RecordedModel, Recording, RecordingModel, key_of
from inference.registry import ModelRegistry, Price, RegisteredModel, Role, load_models
from inference.rerank import EndpointReranker
from inference.schema import for_grammar
from inference.scripted import Line, Script, ScriptedModel
from inference.tokens import TokenCounter, at_most, estimate
from inference.vllm import VllmModel
from inference.watched import WatchedModel

__all__ = [
    "Answer",
    "Ask",
    "Embedder",
    "Endpoint",
    "EndpointEmbedder",
    "EndpointReranker",
    "Health",
    "Line",
    "Message",
    "Model",
    "ModelRegistry",
    "Price",
    "RecordedModel",
    "Recording",
    "RecordingModel",
    "RegisteredModel",
    "Role",
    "Script",
    "ScriptedModel",
    "TokenCounter",
    "VllmModel",
    "WatchedModel",
    "at_most",
    "estimate",
    "faults_of",
    "for_grammar",
    "hear",
    "key_of",
    "load_models",
]
