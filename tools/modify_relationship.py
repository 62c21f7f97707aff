"""Think better or worse of somebody."""

from __future__ import annotations

from schemas import ChangeRelationship, RelationshipModified
from tools.here import Consequences, Here, ToolRefused


def modify_relationship(
    here: Here, call: int, *, toward: str, affinity: float, trust: float, reason: str
) -> Consequences:
    """Change how the deciding character stands to somebody: `affinity` and `trust` are steps, -0.3 to 0.3 each.

    Raises ToolRefused when nothing would change, or `toward` is not somebody that one can like or trust.
    """
    if toward == here.character:
        raise ToolRefused("toward: nobody has a relationship with themselves.")
    if toward not in here.world.actors | here.present | set(here.world.info.party):
        raise ToolRefused(f"toward: '{toward}' is neither a person nor a faction.")
    if not affinity and not trust:
        raise ToolRefused("affinity and trust are both 0: nothing would change.")
    why = " ".join(reason.split())
    effect = ChangeRelationship(character=here.character, toward=toward, affinity=affinity, trust=trust, reason=why)
    event = RelationshipModified(
        character=here.character,
        toward=toward,
        affinity=affinity,
        trust=trust,
        reason=why,
        location=here.place,
        at=here.request.scene.time,
    )
    return Consequences(effects=(effect,), triggered=(event,))
