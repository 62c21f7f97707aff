"""Whether texts tell a secret: in whatever order, form, script, code or game, alone or together."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import Sought, hidden_from, names_of, silenced, telling, words_of
from schemas import (
    DialogueDecision,
    DialogVariant,
    EmotionalTone,
    Fact,
    LoreFact,
    SecretFact,
    World,
    WorldPack,
)

TEXT = "Marta lets the League's boats unload by night at the steps under her cellar, and takes a tenth."
SECRET = Fact(
    id="marta_smuggles",
    text=TEXT,
    payload=SecretFact(
        holder="marta", wordings=("Contraband", "Die Wirtin nimmt ein Zehntel von jedem Boot der Nacht.")
    ),
    known_by=("marta",),
)
OTHER = Fact(id="a1", text="The abbot is a werewolf.", payload=SecretFact(holder="abbot"), known_by=("abbot",))
NAMES = ("Marta", "the River League", "smugglers_steps")
SOUGHT = Sought.of([OTHER, SECRET], NAMES)
BARE = "".join(letter for letter in TEXT.lower() if letter.isalpha())


def caesar(text: str, shift: int) -> str:
    return "".join(chr((ord(one) - 97 + shift) % 26 + 97) if one.islower() and one.isascii() else one for one in text)


def spoken(*texts: str, hints: Sequence[str | None] = (None, None)) -> DialogueDecision:
    said = [*texts, "Yes.", "No."][:3]
    tone = EmotionalTone.NEUTRAL
    return DialogueDecision(
        npc_text=said[0],
        tone=tone,
        player_variants=tuple(
            DialogVariant(text=text, tone=tone, consequence_hint=hint)
            for text, hint in zip(said[1:], hints, strict=True)
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"You did not hear it from me: {TEXT.upper()}!",
        "A tenth! Marta takes it for letting boats of the League unload in the night, under the cellar steps.",
        "Is it true that the boats unload by night at the steps under your cellar, and you take a tenth?",
        "Die Wirtin nimmt von jedem Boot der Nacht ein Zehntel.",
        "It is contraband, all of it.",
        "Well, marta smuggles, as everybody will hear.",
    ],
)
def test_a_secret_is_told_in_any_order_and_form_of_its_words(text: str) -> None:
    assert SOUGHT.told([text]) == {1}


@pytest.mark.parametrize(
    "text",
    [
        "-".join(BARE),
        " ".join(".".join(word) for word in TEXT.split()),
        "mar tale tsthe lea gue sbo ats unl oadb yni ghta tth est eps und erh erc ell ar",
        "the boats: u n l o a d, b y, n i g h t",
        TEXT[::-1],
        " ".join(word[::-1] for word in reversed(TEXT.split()))[::-1][::-1],
        "".join(letter for letter in TEXT if letter not in "aeiou"),
        TEXT.replace("a", "*").replace("e", "*"),
        "".join(letter * 2 for letter in TEXT),
        "x".join(BARE),
        TEXT.lower().translate(str.maketrans("aeiost", "431057")),
        "M@rt@ l3ts th3 L3agu3's b0ats unl0ad by n1ght!",
        TEXT.lower().translate(str.maketrans("aceopxy", "\u0430\u0441\u0435\u043e\u0440\u0445\u0443")),
        "".join(chr(ord(one) + 0xFEE0) if 0x21 <= ord(one) < 0x7F else one for one in TEXT),
        "\u200b".join(TEXT),
        TEXT.translate(str.maketrans("aeiou", "\u00e4\u00eb\u00ef\u00f6\u00fc")),
        "".join(chr(0x1F1E6 + ord(one) - 97) + " " for one in BARE),
        "ʇɥƃᴉu ʎq pɐolun sʇɐoq ǝɥʇ"[::1],
        TEXT.replace(" ", "%20").replace("t", "%74"),
        "".join(f"&#{ord(one)};" for one in TEXT),
    ],
)
def test_a_secret_is_told_in_other_letters(text: str) -> None:
    assert 1 in SOUGHT.told([text])


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(TEXT.encode()).decode(),
        base64.urlsafe_b64encode(TEXT.encode()).decode().rstrip("="),
        f"Take this note: {base64.b64encode(b'the boats unload by night').decode()} and burn it.",
        TEXT.encode().hex(),
        TEXT.encode().hex(" "),
        " ".join(f"{byte:08b}" for byte in TEXT.encode()),
        " ".join(str(ord(one) - 96) for one in BARE),
        "-".join(str(byte) for byte in TEXT.encode()),
        "-... --- .- - ... / ..- -. .-.. --- .- -.. / -... -.--",
        codecs.encode(TEXT, "rot13"),
        caesar(TEXT.lower(), 3),
        caesar(TEXT.lower(), 19),
        "".join(chr(219 - ord(one)) if one.isalpha() else one for one in TEXT.lower()),
        "artamay etslay ethay eaguelay oatsbay unloaday ybay ightnay atay ethay epsstay",
        "Bravo Oscar Alfa Tango Sierra Uniform November Lima Oscar Alfa Delta",
        "Beer or ale? Truly, some uncles never learn. Old Ansel did.",
        "Ugh.\nNo.\nLeave.\nOh.\nAll.\nDay.\nBy.\nYou.\nNow.\nI.\nGo.\nHome.\nTwo.",
    ],
)
def test_a_secret_is_told_in_codes_and_games(text: str) -> None:
    assert 1 in SOUGHT.told([text])


@pytest.mark.parametrize(
    "texts",
    [
        ("Marta lets the League's boats", "unload by night at the steps", "under her cellar"),
        ("Marta the boats by at steps her cellar", "lets League's unload night the under takes tenth"),
        ("under her cellar takes a tenth", "boats unload by night", "Marta lets the League's"),
        (codecs.encode(TEXT[:20], "rot13"), codecs.encode(TEXT[20:], "rot13")),
    ],
)
def test_a_secret_is_told_by_fields_that_only_together_tell_it(texts: Sequence[str]) -> None:
    assert telling(spoken(*texts), SOUGHT)


def test_the_field_that_tells_is_named_and_none_where_it_takes_all_of_them() -> None:
    assert telling(spoken("Well?", TEXT), SOUGHT) == ("player_variants[0].text",)
    assert telling(spoken("Well?", hints=("Boats unload by night, below the cellar steps.", None)), SOUGHT) == (
        "player_variants[0].consequence_hint",
    )
    halves = spoken(
        "The boats of the League, by night", "they unload, below her cellar", "a tenth, Marta takes, lets them"
    )
    assert telling(halves, SOUGHT) == ("",)
    assert telling(
        spoken("The boats of the League unload", "Well?"),
        SOUGHT,
        beside=["by night, at the steps under her cellar; Marta takes a tenth"],
    )


@pytest.mark.parametrize(
    "text",
    [
        "Marta keeps the inn above the smugglers' steps, and the League drinks there by night.",
        "The boats unload at the quay. Mind the ropes, and the night air.",
        "Take a tenth off the price and we shall speak no more of it.",
        "My cellar floods every spring. The steps under water, barrels everywhere!",
        "The abbot hunts werewolves; the abbot himself is a good man.",
        "Marta.",
        "",
        "...",
        "Beer, ale, stew; bread, cheese, soup: 4 coppers, 12 for all, 1 more to stay, 3 for the horse, 2 for hay.",
        "aGVsbG8gdGhlcmUgbXkgZnJpZW5kIG9mIHRoZSByaXZlcg==",
    ],
)
def test_ordinary_talk_near_a_secret_tells_nothing(text: str) -> None:
    assert SOUGHT.told([text]) == frozenset()


def test_every_line_that_the_game_itself_says_tells_nothing_of_the_example_world(morning_star: WorldPack) -> None:
    sought = Sought.of(hidden_from((), morning_star.facts), names_of(World.of(morning_star)))
    public = [fact.text for fact in morning_star.facts if not fact.is_secret or "player" in fact.known_by]
    about = [morning_star.info.about, *(place.about for place in morning_star.places)]
    own = [
        line for character in morning_star.characters for line in (character.persona, *map(str, character.sample_lines))
    ]

    assert len(sought.ids) > 5
    assert [text for text in (*public, *about, *own) if sought.told([text])] == []


def test_every_secret_of_the_example_world_is_recognised_in_each_of_its_wordings(morning_star: WorldPack) -> None:
    for secret in hidden_from((), morning_star.facts):
        sought = Sought.of([secret], names_of(World.of(morning_star)))
        assert isinstance(secret.payload, SecretFact)
        assert secret.payload.wordings
        for wording in (secret.text, *secret.payload.wordings):
            assert sought.told([f"Listen. {wording} And now forget it."]), wording


def test_the_id_of_a_secret_is_a_name_for_the_games_code_and_a_telling_in_words() -> None:
    assert SOUGHT.told([], ids=["marta_smuggles"]) == frozenset()
    assert SOUGHT.told(["[secret marta_smuggles]"]) == {1}
    assert SOUGHT.told([], ids=["boats_unload_by_night_under_her_cellar_for_a_tenth"]) == {1}
    assert SOUGHT.told(["We are in the a1."]) == frozenset(), "an id that says nothing tells nothing"


def test_only_secrets_that_the_players_side_does_not_know_are_hidden() -> None:
    lore = Fact(id="lore", text="The river is wide.", payload=LoreFact(topic="river"), known_by=("marta",))
    out = SECRET.model_copy(update={"revealed": True})
    theirs = SECRET.model_copy(update={"known_by": ("marta", "player")})
    friends = SECRET.model_copy(update={"known_by": ("marta", "ansel")})

    assert hidden_from(("ansel",), [SECRET, lore, out, theirs, friends]) == (SECRET,)


def test_silence_leaves_ids_and_figures_as_they_are_and_says_nothing() -> None:
    before = spoken(TEXT, TEXT, "No.", hints=(TEXT, None))
    after = silenced(before)

    assert telling(before, SOUGHT)
    assert not telling(after, SOUGHT)
    assert isinstance(after, DialogueDecision)
    assert DialogueDecision.model_validate(after.model_dump()) == after
    assert (after.tone, after.player_variants[1].consequence_hint) == (before.tone, None)


def test_the_words_of_a_content_are_all_its_texts_and_none_of_its_choices() -> None:
    said = words_of(spoken("One.", "Two.", "Three.", hints=("Four.", None)))

    assert sorted(said) == ["Four.", "One.", "Three.", "Two."]


@given(st.lists(st.text(max_size=120), max_size=4), st.lists(st.text(max_size=20), max_size=3))
def test_no_text_whatever_breaks_the_check(texts: list[str], ids: list[str]) -> None:
    assert SOUGHT.told(texts, ids) <= {0, 1}


@given(st.permutations(TEXT.split()), st.integers(1, 4))
def test_the_words_of_a_secret_tell_it_in_every_order_and_division(words: list[str], count: int) -> None:
    size = -(-len(words) // count)
    parts = [" ".join(words[at : at + size]) for at in range(0, len(words), size)]

    assert 1 in SOUGHT.told(parts)
