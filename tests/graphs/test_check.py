"""A graph with faults is told all of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphs import check, declare, load, read
from nodes import Catalogue
from schemas import BadDeclaration, Fault, UnknownThing

CONTENTS = ["CombatDecision", "DialogueDecision"]
TOOLS = ["add_knowledge_fact", "reveal_secret"]


def faults_of(text: str, catalogue: Catalogue) -> list[str]:
    try:
        found = check(declare(text, file="g.yaml"), catalogue, contents=CONTENTS, tools=TOOLS)
    except BadDeclaration as error:
        found = list(error.faults)
    return [str(fault) for fault in found]


def test_a_sound_graph_has_no_faults(story: str, catalogue: Catalogue) -> None:
    assert faults_of(story, catalogue) == []


def test_ten_faults_are_told_at_once_with_line_and_the_nearest_right_answer(catalogue: Catalogue) -> None:
    text = """\
name: combat
version: one
about: Ten things are wrong here.
decides: CombatDecison
deadline: 300ms
tools: [add_knowledge_fakt]
entrypoint: choose_policy
nodes:
  choose_policy:
    use: choose_policy
    with: { shares: 0.1 }
    then: { model: recal, rules: decide_by_rules }
  recall:
    use: recal
    then: generate
  generate:
    use: generate
    with: { role: poet }
    timeout: 2s
    on_error: decide_by_rules
    then: judge
  judge:
    use: judge
    then: { accepted: remember, rejected: decide_by_rules }
    retri: 3
  decide_by_rules: { use: decide_by_rules, then: remember }
  remember: { use: remember, then: end }
  lonely: { use: recall, then: end }
"""
    found = faults_of(text, catalogue)
    expected = [
        (2, "version", "integer"),
        (4, "CombatDecison", "Did you mean 'CombatDecision'?"),
        (6, "add_knowledge_fakt", "Did you mean 'add_knowledge_fact'?"),
        (11, "no knob 'shares'", "Did you mean 'share'?"),
        (12, "goes to 'recal'", "Did you mean 'recall'?"),
        (14, "uses 'recal', which is not in the catalogue", "Did you mean 'recall'?"),
        (18, "'role' cannot be 'poet'", "Its default is 'talker'."),
        (19, "timeout (2000ms)", "deadline (300ms)"),
        (25, "'retri', which is not supported", "Did you mean 'retry'?"),
        (24, "outcome 'repairable' has no target", "Add `repairable: ...`."),
        (28, "'lonely' cannot be reached", "Lead a `then` to it"),
    ]
    assert len(found) == len(expected), "\n".join(found)
    for line, what, hint in expected:
        assert any(f"g.yaml:{line}: " in said and what in said and hint in said for said in found), (line, what)
    lines = [int(said.split(":")[1]) for said in found]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("name: combat", "name: Night Watch", 1, "Write 'night_watch'."),
        ("version: 1", "version: 0", 2, "greater than or equal to 1"),
        ("version: 1", "version: true", 2, "valid integer"),
        ("deadline: 2s", "deadline: 300", 5, "300ms or 2s"),
        ("deadline: 2s", "deadline: 0ms", 5, "between 1ms and 60m"),
        ("deadline: 2s", "deadline: 2s\nreserve: 3s", 6, "leaves nothing of the deadline"),
        ("deadline: 2s", "deadline: 2s\ndurability: always", 6, "'exit', 'async' or 'sync'"),
        ("deadline: 2s\n", "", 1, "lacks 'deadline'"),
        ("about: What an enemy does on its turn.", "about:", 3, "about"),
        ("tools: [add_knowledge_fact]", "tools: [reveal_secret, reveal_secret]", 6, "listed twice"),
        ("entrypoint: choose_policy", "entrypoint: chose_policy", 7, "Did you mean 'choose_policy'?"),
        ("entrypoint: choose_policy\n", "", 1, "lacks 'entrypoint'"),
        ("share: 0.05", "share: 1.5", 12, "less than or equal to 1"),
        ("share: 0.05", 'share: "0.05"', 12, "valid number"),
        ("memories: 3", "memories: 3.5", 16, "valid integer"),
        ("model: recall,", "model: recall, dice: recall,", 13, "no outcome 'dice'"),
        (
            "    then: { model: recall, rules: decide_by_rules }",
            "    then: recall",
            13,
            "each needs a target of its own",
        ),
        ("    then: generate", "    then: { done: generate }", 17, "no outcomes to choose between"),
        ("    then: generate", "    then: [generate]", 17, "a map from each outcome"),
        ("    then: generate", "    then: choose_policy", 17, "goes back to the entrypoint"),
        ("    on_error: decide_by_rules\n    then: judge", "    then: judge", 18, "has no on_error"),
        (
            "    timeout: 1s\n    on_error: decide_by_rules",
            "    timeout: 1s\n    on_error: repair",
            22,
            "asks the model itself",
        ),
        (
            "    timeout: 1s\n    on_error: decide_by_rules",
            "    timeout: 1s\n    on_error: remember",
            22,
            "no node decides by rules",
        ),
        (
            "    at_most: { times: 2, then: decide_by_rules }\n",
            "",
            24,
            "the cycle judge -> repair -> judge has no bound",
        ),
        ("{ times: 2, then: decide_by_rules }", "{ times: 2, then: judge }", 24, "has no bound"),
        (
            "{ times: 2, then: decide_by_rules }",
            "{ times: 0, then: decide_by_rules }",
            29,
            "greater than or equal to 1",
        ),
        ("{ times: 2, then: decide_by_rules }", "{ then: decide_by_rules }", 29, "lacks 'times' under 'at_most'"),
        ("    then: end", "    then: remember", 37, "no way to the end"),
        ("    then: end", "    then: the_end", 37, "Did you mean 'end'?"),
        ("  recall:\n", "  Recall!:\n", 14, "Write 'recall'."),
        (
            "    then: { model: recall, rules",
            "    cache: { ttl: 60s }\n    then: { model: recall, rules",
            13,
            "cannot be cached",
        ),
        ("    then: end", "    retry: { attempts: 9 }\n    then: end", 37, "less than or equal to 5"),
        (
            "    then: end",
            "    retry: { attempts: 2, pause: 5ms }\n    then: end",
            37,
            "Supported are attempts, backoff.",
        ),
        ("    then: end", "", 35, "node 'remember' lacks 'then'"),
    ],
)
def test_each_kind_of_fault_has_its_line_and_its_answer(
    story: str, catalogue: Catalogue, old: str, new: str, line: int, told: str
) -> None:
    assert old in story
    found = faults_of(story.replace(old, new, 1), catalogue)
    assert any(said.startswith(f"g.yaml:{line}: ") and told in said for said in found), "\n".join(found)


def test_one_misspelt_target_is_one_fault(story: str, catalogue: Catalogue) -> None:
    found = faults_of(story.replace("then: generate", "then: generat"), catalogue)
    assert len(found) == 1, found


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("", 1, "the file is empty"),
        ("# only a comment\n", 1, "the file is empty"),
        ("- a\n- b\n", 1, "mapping of keys to values"),
        ("just words", 1, "mapping of keys to values"),
        ("name: [a\nversion: 1\n", 2, "not YAML"),
        ("name: a\n\tversion: 1\n", 2, "indented with a tab"),
        ("name: a\x00b\n", 1, "not YAML"),
        ("name: a\n---\nname: b\n", 2, "a second document"),
        ("[" * 5000, 1, "nested more than"),
        ("{a: " * 5000, 1, "nested more than"),
        ("a: " + "x" * 300_000, 1, "at most 200000"),
    ],
)
def test_what_is_no_graph_at_all_says_so(text: str, line: int, told: str, catalogue: Catalogue) -> None:
    found = faults_of(text, catalogue)
    assert len(found) == 1
    assert found[0].startswith(f"g.yaml:{line}: ")
    assert told in found[0]


def test_a_billion_laughs_are_not_laughed(catalogue: Catalogue) -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    found = faults_of(bomb, catalogue)
    assert any("anchors and aliases" in said for said in found)
    assert len(found) < 60


def test_words_that_yaml_1_1_reads_as_booleans_are_faults(story: str, catalogue: Catalogue) -> None:
    text = story.replace("accepted: remember", "on: remember").replace("then: end", "then: no")
    found = faults_of(text, catalogue)
    assert any("g.yaml:26: 'on' as a key is a boolean" in said for said in found), found
    assert any("g.yaml:37: 'no' is a boolean" in said for said in found), found
    assert not any(
        "boolean" in said for said in faults_of(story.replace("about: What", 'about: "no" What', 0), catalogue)
    )


def test_duplicate_keys_merge_keys_and_tags_are_faults(story: str, catalogue: Catalogue) -> None:
    text = story + "  remember:\n    use: recall\n    then: end\nname: again\n<<: { a: 1 }\nabout2: !secret x\n5: x\n"
    found = faults_of(text, catalogue)
    for line, told in [
        (38, "'remember' is given twice (first in line 35)"),
        (41, "'name' is given twice (first in line 1)"),
        (42, "merge keys"),
        (43, "the tag !secret"),
        (44, "'5' as a key is not a word"),
    ]:
        assert any(said.startswith(f"g.yaml:{line}: ") and told in said for said in found), (line, found)


def test_loading_raises_all_faults_in_one_error(tmp_path: Path, story: str, catalogue: Catalogue) -> None:
    file = tmp_path / "combat.yaml"
    file.write_text(story.replace("use: recall", "use: recal").replace("version: 1", "version: x"))
    with pytest.raises(BadDeclaration) as raised:
        load(file, catalogue)
    assert len(raised.value.faults) == 2
    assert f"{file}:15" in str(raised.value)
    file.write_text(story)
    assert load(file, catalogue, contents=CONTENTS, tools=TOOLS).name == "combat"
    assert load("combat", catalogue, library=tmp_path).deadline == 2.0


def test_a_graph_that_is_not_there_is_answered_with_the_nearest(tmp_path: Path, story: str) -> None:
    (tmp_path / "combat.yaml").write_text(story)
    with pytest.raises(UnknownThing, match=r"no graph 'combatt'\. Did you mean 'combat'\?"):
        read("combatt", library=tmp_path)
    with pytest.raises(UnknownThing, match=r"Did you mean .*combat\.yaml"):
        read(tmp_path / "combut.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"name: caf\xe9\n")
    with pytest.raises(BadDeclaration, match="not UTF-8"):
        read(tmp_path / "latin.yaml")


def test_the_hash_changes_with_the_meaning_and_not_with_comments(story: str) -> None:
    same = declare("# hello\n" + story)
    assert same.hash == declare(story).hash
    assert same.hash != declare(story.replace("0.05", "0.06")).hash


def test_a_fault_names_its_place_even_without_a_file(catalogue: Catalogue, story: str) -> None:
    declaration = type(declare(story)).model_validate(declare(story).model_dump(by_alias=True) | {"decides": "Nothing"})
    assert check(declaration, catalogue, contents=CONTENTS, tools=TOOLS) == [
        Fault("combat: decides", "'Nothing' is not a type of decision.", "There are CombatDecision, DialogueDecision.")
    ]
