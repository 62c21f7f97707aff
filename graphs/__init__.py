"""Decision graphs: declared in YAML, checked, drawn, and compiled to LangGraph."""

from graphs.check import check
from graphs.compile import (
    DecisionGraph,
    DecisionInput,
    DecisionOutput,
    asked_of,
    compile_graph,
    follow_graph,
    run_graph,
)
from graphs.declaration import END, Declaration, Edge, Node
from graphs.draw import draw
from graphs.json_schema import SCHEMA_FILE, declaration_schema, schema_text, write_schema
from graphs.load import LIBRARY, declare, find, library_names, load, read
from graphs.new import new

__all__ = [
    "END",
    "LIBRARY",
    "SCHEMA_FILE",
    "DecisionGraph",
    "DecisionInput",
    "DecisionOutput",
    "Declaration",
    "Edge",
    "Node",
    "asked_of",
    "check",
    "compile_graph",
    "declaration_schema",
    "declare",
    "draw",
    "find",
    "follow_graph",
    "library_names",
    "load",
    "new",
    "read",
    "run_graph",
    "schema_text",
    "write_schema",
]
