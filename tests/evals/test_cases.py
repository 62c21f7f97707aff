from __future__ import annotations

from pathlib import Path

import pytest

from evals.books import Books
from evals.cases import KINDS, Case, load_cases, quick
from evals.expectations import CombatExpectations, TacticsExpectations
from schemas import BadRequest

ALL = [case for kind in KINDS for case in load_cases(kind)]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_ten_golden_cases_and_scripts_for_good_and_bad_models(kind: str) -> None:
    cases = load_cases(kind)
    scripted = [case for case in cases if case.says is not None]

    assert len(cases) - len(scripted) >= 10
    assert {case.request.kind for case in cases} == {kind}
    assert any("model" in case.expect.sources for case in scripted), "a good answer that goes out as it was said"
    assert any("fallback" in case.expect.sources for case in scripted), "a bad answer that does not"


def test_every_case_has_an_id_and_a_seed_of_its_own() -> None:
    assert len({case.id for case in ALL}) == len(ALL)
    assert len({case.request.seed for case in ALL}) == len(ALL)
    assert {case.request.id for case in ALL} == {case.id for case in ALL}


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_a_case_is_about_somebody_who_is_there(case: Case, books: Books) -> None:
    assert case.expects.endswith(".")
    assert case.request.character in books.world.actors | {one.id for one in case.request.scene.present}


@pytest.mark.parametrize("case", load_cases("combat"), ids=lambda case: case.id)
def test_expected_targets_are_in_the_scene(case: Case) -> None:
    assert isinstance(case.expect, CombatExpectations)
    for target in (*case.expect.targets, *case.expect.not_targets):
        assert case.request.scene.entity(target) is not None, target


@pytest.mark.parametrize("case", load_cases("tactics"), ids=lambda case: case.id)
def test_expected_stances_and_aims_are_there_to_be_had(case: Case, books: Books) -> None:
    assert isinstance(case.expect, TacticsExpectations)
    assert {*case.expect.some_of} <= books.stances.keys()
    assert {*case.expect.not_stances} <= {*books.stances, "tunnel_under"}
    for focus in case.expect.focus:
        assert focus is None or case.request.scene.entity(focus) is not None, focus


def test_a_quick_run_has_a_few_cases_of_both_sorts() -> None:
    few = quick(load_cases("combat"))

    assert len(few) == 4
    assert sum(case.says is not None for case in few) == 1


def test_a_broken_dataset_names_every_fault(tmp_path: Path) -> None:
    (tmp_path / "combat.yaml").write_text(
        """
cases:
  - id: wrong-kind-of-expectation
    expects: Tones are for talk.
    request: { character: marta, event: { type: CombatTurn, actor: marta }, scene: { location: { id: inn } } }
    expect: { tones: [joyful] }
  - id: no-scene
    expects: There is nothing here.
    request: { character: marta, event: { type: CombatTurn, actor: marta } }
""",
        encoding="utf-8",
    )

    with pytest.raises(BadRequest) as caught:
        load_cases("combat", tmp_path)

    assert [fault.where for fault in caught.value.faults] == [
        "combat.yaml:wrong-kind-of-expectation:tones",
        "combat.yaml:no-scene:request.scene",
    ]


def test_only_a_case_with_a_script_can_expect_tool_results(tmp_path: Path) -> None:
    (tmp_path / "combat.yaml").write_text(
        """
cases:
  - id: no-script
    expects: Nobody says what the model calls.
    request: { character: marta, event: { type: CombatTurn, actor: marta }, scene: { location: { id: inn } } }
    expect: { tools: [] }
""",
        encoding="utf-8",
    )

    with pytest.raises(BadRequest, match="say what the model answers"):
        load_cases("combat", tmp_path)


def test_a_dataset_that_is_no_yaml_says_where(tmp_path: Path) -> None:
    (tmp_path / "combat.yaml").write_text("cases: [", encoding="utf-8")

    with pytest.raises(BadRequest, match="line 1"):
        load_cases("combat", tmp_path)
