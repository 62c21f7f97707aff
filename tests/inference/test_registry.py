"""The registry of models reads well, and its faults say where and what."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from inference import Role, checksum, load_models
from schemas import BadSettings, UnknownThing

MODELS = Path(__file__).resolve().parents[2] / "config" / "models.toml"


def test_the_shipped_registry_has_a_model_for_every_role() -> None:
    registry = load_models(MODELS)
    for role in Role:
        assert registry.for_role(role), role
    assert registry.named("minilm").dimension == 384


def test_an_answer_has_its_price(tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    file.write_text(
        '[[models]]\nname = "big"\nversion = "1"\nroles = ["judge"]\ncontext_length = 100\n'
        "price = { prompt = 2.0, completion = 8.0 }\n"
    )
    assert load_models(file).named("big").cost(prompt_tokens=1000, completion_tokens=500) == pytest.approx(0.006)


def test_an_entry_says_how_the_weights_are_stored_and_where(tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    file.write_text(
        '[[models]]\nname = "small"\nversion = "1"\nroles = ["tactician"]\ncontext_length = 4096\n'
        'quantization = "awq"\nchat_template = "small.jinja"\nweights = "weights/small"\n'
    )
    small = load_models(file).named("small")
    assert (small.quantization, small.chat_template) == ("awq", "small.jinja")
    assert small.weights == tmp_path / "weights" / "small"


def test_weights_are_known_by_their_checksum(tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    folder.mkdir()
    with pytest.raises(BadSettings, match="there are no weights"):
        checksum(folder)
    (folder / "a.safetensors").write_bytes(b"one")
    alone = hashlib.sha256(b"one").hexdigest()
    assert checksum(folder) == checksum(folder / "a.safetensors") == alone

    (folder / "b.safetensors").write_bytes(b"two")
    both = f"{alone}  a.safetensors\n{hashlib.sha256(b'two').hexdigest()}  b.safetensors\n"
    assert checksum(folder) == hashlib.sha256(both.encode()).hexdigest()
    with pytest.raises(BadSettings, match="there is nothing here"):
        checksum(tmp_path / "elsewhere")


def test_an_unknown_name_gets_the_nearest_known_one() -> None:
    with pytest.raises(UnknownThing, match="Did you mean 'minilm'"):
        load_models(MODELS).named("minilmm")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    file.write_text(
        'model = 1\n[[models]]\nname = "a"\nversion = "1"\nroles = ["narator"]\ncontext_length = 0\nsha256 = "xyz"\n'
        '[[models]]\nname = "b"\nversion = "1"\nroles = ["judge"]\ncontext_length = 10\n'
        '[[models]]\nname = "b"\nversion = "2"\nroles = ["judge"]\ncontext_length = 10\n'
    )
    with pytest.raises(BadSettings) as caught:
        load_models(file)
    told = str(caught.value)
    for part in ("models.toml: model:", "models[0].roles.0", "models[0].context_length", "models[0].sha256", "'b' is"):
        assert part in told


@pytest.mark.parametrize("text", ["[[models]", "models = 3", "[models]\nname = 'a'"])
def test_a_file_of_another_shape_is_a_clear_fault(tmp_path: Path, text: str) -> None:
    (tmp_path / "models.toml").write_text(text)
    with pytest.raises(BadSettings, match=r"models\.toml"):
        load_models(tmp_path / "models.toml")


def test_a_missing_file_is_a_clear_fault(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="cannot be read"):
        load_models(tmp_path / "models.toml")
