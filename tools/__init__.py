"""What a model may ask for. To add a tool: write it, add it to `FUNCTIONS`, and describe it in `config/tools/`."""

from tools.add_knowledge_fact import add_knowledge_fact
from tools.here import Consequences, Here, ToolFunction, ToolRefused
from tools.modify_relationship import modify_relationship
from tools.offer import tool_schema
from tools.reveal_secret import reveal_secret
from tools.toolbox import Toolbox

FUNCTIONS: tuple[ToolFunction, ...] = (add_knowledge_fact, modify_relationship, reveal_secret)

__all__ = ["FUNCTIONS", "Consequences", "Here", "ToolFunction", "ToolRefused", "Toolbox", "tool_schema"]
