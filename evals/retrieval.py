"""Does the right thing come to mind? Conversations are remembered through memory's front door, and asked about.

Each leg of recall is asked alone, then all together, and beside them what a few lines of code would do: Chroma and BM25
over the bare text.
"""

from __future__ import annotations

from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from benchmarks.figures import Figure
from evals.outcome import Asked, Outcome, Verdict
from evals.retrieval_plain import PlainChroma, PlainWords, Stemmer
from evals.retrieval_played import PATIENCE, Answers, EmbedsOnce, Played
from evals.retrieval_score import DEPTHS, SUITE, Found, bootstrap, figures, shared_words
from evals.retrieval_set import OWN, Conversation, load_set
from inference import EndpointEmbedder
from memory import Embedder, LexicalEmbedder
from schemas import BadRequest, Fault, Leg, Settings
from service.assemble import make_embedder

FUSION = "fusion"
WAYS: dict[str, tuple[Leg, ...] | None] = {
    "dense alone": ("dense",),
    "lexical alone": ("lexical",),
    "associative alone": ("associative",),
    FUSION: None,
}
"""The legs of each way to recall; None: all that the settings weigh."""
PLAIN_CHROMA, PLAIN_BM25 = "plain Chroma", "plain BM25"
QUICK = 2
"""Conversations of a quick run; it asks every second question."""
MISSED = 10
"""Memories among which a question's evidence should be, for the list of misses."""


async def run(asked: Asked) -> Outcome:
    """Ask every question in every way.

    Raises:
        CallerError: the set does not fit, or the embedder is not named.
        ModelError: the embedder does not answer.
    """
    where = asked.options.set or OWN
    conversations = [conversation for conversation in load_set(where) if conversation.questions]
    if not conversations:
        raise BadRequest(Fault(str(where), "asks nothing: its conversations have no questions."))
    if asked.quick:
        conversations = [one.model_copy(update={"questions": one.questions[::2]}) for one in conversations[:QUICK]]
    embedder = EmbedsOnce(await _embedder(asked.settings, asked.options))
    found: dict[str, list[Found]] = defaultdict(list)
    failed: list[Verdict] = []
    for conversation in conversations:
        for way, answers in (await _plain(conversation, embedder)).items():
            found[way] += _judged(conversation, dict.fromkeys(DEPTHS, answers))
        async with Played.open(conversation, embedder, asked.settings.recall) as played:
            for way, legs in WAYS.items():
                answers = {depth: await played.ask(depth, legs) for depth in DEPTHS}
                found[way] += _judged(conversation, {depth: one.lines for depth, one in answers.items()})
                failed += _warned(f"{conversation.id}, {way},", answers.values())
                if way == FUSION and asked.options.misses:
                    failed += _misses(conversation, answers[max(DEPTHS)].lines)
    is_held = "minilm" in embedder.name.casefold()
    measured = [
        figure for way, every in found.items() for figure in figures(way, every, targets=is_held and way == FUSION)
    ]
    return Outcome([_shared(conversations), *measured], failed)


async def _embedder(settings: Settings, options: Namespace) -> Embedder:
    """What the command line names, or else what the settings do."""
    match options.embedder:
        case "lexical":
            return LexicalEmbedder()
        case "endpoint":
            url, name = options.embedder_url or settings.embedder.url, options.embedder_name or settings.embedder.name
            if url is None or name is None:
                raise BadRequest(Fault("--embedder endpoint", "needs --embedder-url and --embedder-name."))
            return await EndpointEmbedder.probe(url, name=name, api_key=settings.api_key, seconds=PATIENCE)
        case _:
            return make_embedder(settings)


async def _plain(conversation: Conversation, embedder: Embedder) -> dict[str, list[Sequence[str]]]:
    """What the baselines find for each question, among the lines that the one who is asked has heard."""
    questions = conversation.questions
    found: dict[str, list[Sequence[str]]] = {way: [()] * len(questions) for way in (PLAIN_CHROMA, PLAIN_BM25)}
    for name in conversation.asked_ones:
        heard = {turn.id: turn.text for session in conversation.heard_by(name) for turn in session.turns}
        asked = [(number, question.ask) for number, question in enumerate(questions) if question.of == name]
        texts = [ask for _, ask in asked]
        by_meaning = await PlainChroma(heard, embedder).search(texts, max(DEPTHS))
        by_words = PlainWords(heard).search(texts, max(DEPTHS))
        for (number, _), near, fitting in zip(asked, by_meaning, by_words, strict=True):
            found[PLAIN_CHROMA][number], found[PLAIN_BM25][number] = near, fitting
    return found


def _judged(conversation: Conversation, answers: Mapping[int, Sequence[Sequence[str]]]) -> Iterator[Found]:
    for number, question in enumerate(conversation.questions):
        lines = {depth: answered[number] for depth, answered in answers.items()}
        yield Found(lines, frozenset(question.evidence))


def _warned(case: str, answers: Iterable[Answers]) -> Iterator[Verdict]:
    """What recall warned of: a figure that was measured without a whole index says so."""
    for warning in sorted({warning for one in answers for warning in one.warnings}):
        yield Verdict(SUITE, case, "whole", False, warning)


def _shared(conversations: Sequence[Conversation]) -> Figure:
    """How much the words alone give away."""
    stems = Stemmer()
    shares = list[float]()
    for conversation in conversations:
        names = stems(" ".join((*conversation.names, *conversation.names.values())))
        for question in conversation.questions:
            evidence = [conversation.turns[line].text for line in question.evidence]
            shares.append(shared_words(question.ask, evidence, stems, names))
    return Figure(
        SUITE,
        "telling words of a question that stand in its evidence, names left out",
        sum(shares) / len(shares),
        f"of {len(shares)}",
        interval=bootstrap(shares),
    )


def _misses(conversation: Conversation, answers: Sequence[Sequence[str]]) -> Iterator[Verdict]:
    for question, lines in zip(conversation.questions, answers, strict=True):
        for missed in (line for line in question.evidence if line not in lines[:MISSED]):
            place = f"comes as number {lines.index(missed) + 1}" if missed in lines else "does not come at all"
            said = conversation.turns[missed]
            reason = f"{missed} {place} ({said.speaker}: {said.text})"
            yield Verdict(SUITE, f"{conversation.id}, {question.of}: {question.ask}", "answered", False, reason)
