"""A line that was cut short is gone on with: no word lost, none said twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rules.dialogues import led_back_to, rest_of

LINES = st.lists(
    st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=12), min_size=1, max_size=30
)


@given(LINES, st.integers(0, 700))
def test_what_was_heard_and_the_rest_are_the_line_and_nothing_else(words: list[str], heard: int) -> None:
    line = " ".join(words)
    rest = rest_of(line, 0, heard)
    before = line[: len(line) - len(rest)].split()
    assert [*before, *rest.split()] == words
    assert len(" ".join(before)) <= heard or not before


@given(LINES, st.lists(st.integers(0, 40), min_size=1, max_size=12))
def test_a_line_that_is_cut_short_again_and_again_is_said_to_its_end_once(words: list[str], cuts: list[int]) -> None:
    line = " ".join(words)
    text, begins, said = line, 0, list[str]()
    for cut in cuts:
        rest = rest_of(text, begins, begins + cut)
        whole = text[begins:]
        said += whole[: len(whole) - len(rest)].split()
        if not rest:
            break
        text, begins = led_back_to("As I was saying:", rest, text)
        assert text[begins:] == rest
    else:
        said += text[begins:].split()
    assert said == words


def test_a_word_that_was_half_heard_is_said_again_whole() -> None:
    assert rest_of("There is river pie.", 0, 12) == "river pie."
    assert rest_of("There is river pie.", 0, 14) == "pie."
    assert rest_of("There is river pie.", 0, 15) == "pie."
    assert rest_of("There is river pie.", 0, 99) == ""


def test_a_bridge_is_left_out_before_a_word_of_the_line_is() -> None:
    rest = "word " * 118 + "words"
    assert led_back_to("As I was saying:", rest, f"First. {rest}") == (rest, 0)


def test_the_middle_of_a_sentence_is_led_back_to_with_dots() -> None:
    assert led_back_to("As I was saying:", "river pie.", "There is river pie.")[0] == "As I was saying: ... river pie."
    assert led_back_to("As I was saying:", "Two.", "One. Two.")[0] == "As I was saying: Two."
