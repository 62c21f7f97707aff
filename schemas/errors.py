"""The error family: what went wrong, where, and the nearest right answer.

LoomError
|- CallerError                 the caller can mend it; shown without a traceback
|  |- BadRequest               a request or event that does not fit its schema
|  |- UnknownThing             a name that nobody knows (character, world, kind, tool, ...)
|  |- BadDeclaration           a graph file with faults, all of them
|  |- BadWorld                 a world folder with faults, all of them
|  |- BadSettings              settings that do not fit
|  `- StateTooOld              a checkpoint that cannot be migrated
|- ModelError                  the model's side failed; a graph answers these with its fallback
|  |- ModelUnavailable         refused, unreachable, no endpoint
|  |- ModelBusy                every endpoint is taken, and the queue before them is full
|  |- ModelSwitchedOff         nothing may be sent to a model server
|  |- BudgetUsedUp             what may go to models today has gone
|  |- ModelTimeout             no answer in the time that was left
|  |- ModelRejected            the server said no (4xx, 5xx)
|  |- ModelAnswerInvalid       an answer that does not fit the schema
|  `- PromptTooLong            what it would have to read does not fit
`- RecordError                 the record could not be read or written
   |- RecordBusy               another writer holds it
   |- RecordLate               a write outlasted the decision's time; it goes on
   `- CheckpointsUnavailable   the state of runs could not be read
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, or None when nothing is near."""
    by_lower = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), list(by_lower), n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def field_path(parts: Iterable[str | int]) -> str:
    """Where a field is, as a reader would write it: `present[2].hit_points`."""
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where, what, and the nearest right answer."""

    where: str
    """File and line (`combat.yaml:14`), or a field's path (`event.actor`)."""
    what: str
    hint: str | None = None

    def __str__(self) -> str:
        sentence = f"{self.where}: {self.what}" if self.where else self.what
        return f"{sentence} {self.hint}" if self.hint else sentence


class LoomError(Exception):
    """Anything that Loomwright raises on purpose. `code` is stable; the sentence is for people."""

    code: ClassVar[str] = "error"

    def __reduce__(self) -> tuple[object, ...]:
        """Copied and pickled whole, whatever its constructor asks for."""
        return (_again, (type(self), self.args, vars(self)))


def _again(kind: type[LoomError], args: tuple[object, ...], parts: dict[str, object]) -> LoomError:
    error = kind.__new__(kind, *args)
    vars(error).update(parts)
    return error


class CallerError(LoomError):
    """The caller's to mend: carries every fault that was found, not just the first."""

    code: ClassVar[str] = "caller_error"
    headline: ClassVar[str] = "something does not fit"

    def __init__(self, faults: Sequence[Fault] | Fault | str) -> None:
        if isinstance(faults, str):
            faults = Fault(where="", what=faults)
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        if len(self.faults) == 1:
            return str(self.faults[0])
        return "\n".join([f"{len(self.faults)} faults: {self.headline}", *(f"  {fault}" for fault in self.faults)])


class BadRequest(CallerError):
    """A request or an event that does not fit its schema."""

    code: ClassVar[str] = "bad_request"
    headline: ClassVar[str] = "the request does not fit its schema"


class BadDeclaration(CallerError):
    """A graph file that cannot become a graph."""

    code: ClassVar[str] = "bad_declaration"
    headline: ClassVar[str] = "the graph cannot be built"


class BadWorld(CallerError):
    """A world folder that cannot be loaded; nothing of it was written."""

    code: ClassVar[str] = "bad_world"
    headline: ClassVar[str] = "the world was not loaded"


class BadSettings(CallerError):
    """Settings that do not fit, from the file or the environment."""

    code: ClassVar[str] = "bad_settings"
    headline: ClassVar[str] = "the settings do not fit"


class StateTooOld(CallerError):
    """A checkpoint written by another version that cannot be brought up to this one."""

    code: ClassVar[str] = "state_too_old"


class UnknownThing(CallerError):
    """A name that nobody knows. Carries the kind of thing, the name and the nearest known one."""

    code: ClassVar[str] = "unknown_thing"

    def __init__(self, kind: str, name: str, known: Iterable[str] = (), *, where: str = "") -> None:
        self.kind, self.name, self.nearest = kind, name, nearest(name, known)
        hint = f"Did you mean '{self.nearest}'?" if self.nearest else None
        super().__init__(Fault(where=where, what=f"there is no {kind} '{name}'.", hint=hint))


class ModelError(LoomError):
    """The model's side failed. Never the caller's fault, and never the player's business."""

    code: ClassVar[str] = "model_error"

    def __init__(self, message: str, *, endpoint: str | None = None) -> None:
        self.endpoint = endpoint
        super().__init__(message)


class ModelUnavailable(ModelError):
    """Nothing answered at the endpoint: refused, unreachable, or none is configured."""

    code: ClassVar[str] = "model_unavailable"


class ModelBusy(ModelError):
    """Every endpoint is taken and the queue is full, or a limit of questions is reached; nothing was sent."""

    code: ClassVar[str] = "model_busy"


class ModelSwitchedOff(ModelError):
    """The kill switch is off: nothing is sent to any model server, and what was under way is cut off."""

    code: ClassVar[str] = "model_switched_off"


class BudgetUsedUp(ModelError):
    """What may go to models today has gone; nothing was sent."""

    code: ClassVar[str] = "budget_used_up"


class ModelTimeout(ModelError):
    """No answer in the time that was left; the request was cancelled."""

    code: ClassVar[str] = "model_timeout"


class ModelRejected(ModelError):
    """The server answered, with an error."""

    code: ClassVar[str] = "model_rejected"

    def __init__(
        self, message: str, *, status: int, endpoint: str | None = None, retry_after: float | None = None
    ) -> None:
        self.status = status
        self.retry_after = retry_after
        """Seconds for which the server asks to be left alone; None: it did not say."""
        super().__init__(message, endpoint=endpoint)


class ModelAnswerInvalid(ModelError):
    """An answer that is not JSON, or does not fit the schema. Keeps the raw text for repair and for the debugger."""

    code: ClassVar[str] = "model_answer_invalid"

    def __init__(self, message: str, *, raw: str, faults: Sequence[str] = (), endpoint: str | None = None) -> None:
        self.raw, self.faults = raw, tuple(faults)
        self.prompt_tokens = self.completion_tokens = 0
        """What it took all the same, where the server said so."""
        self.cost = 0.0
        """And what that costs."""
        self.no_answer = False
        """The server sent something that is no chat completion at all; the model is not to blame."""
        super().__init__(message, endpoint=endpoint)


class PromptTooLong(ModelError):
    """A prompt that does not fit its budget, with everything cut that could be."""

    code: ClassVar[str] = "prompt_too_long"


class RecordError(LoomError):
    """The record could not be read or written. The decision still goes out, and says so."""

    code: ClassVar[str] = "record_unavailable"


class RecordBusy(RecordError):
    """Another writer holds the record and did not let go in time."""

    code: ClassVar[str] = "record_busy"


class RecordLate(RecordError):
    """A write was not done when the decision had to leave. It goes on; if it fails in the end, the log says so."""

    code: ClassVar[str] = "record_late"


class CheckpointsUnavailable(RecordError):
    """The store of checkpoints could not be read: the run cannot begin where the thread's last one ended."""

    code: ClassVar[str] = "checkpoints_unavailable"
