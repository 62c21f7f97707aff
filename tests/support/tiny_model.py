"""The tiny language model that tests serve: Llama's shape, random seeded weights, a tokenizer of printable characters.

Written with numpy and `tokenizers` alone, so making it takes a second and needs no torch. The same recipe gives the
same bytes.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

RECIPE = 5
"""Raise it when anything below changes: a folder made by another recipe is made again."""

LAYERS, WIDTH, HEADS, INNER, CONTEXT = 2, 64, 2, 128, 8192  # 32 a head: the least that vLLM has a CPU kernel for
SPECIAL = ("<unk>", "<s>", "</s>")

CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}[{{ message['role'] }}] {{ message['content'] }}"
    "{{ eos_token }}{% endfor %}{% if add_generation_prompt %}[assistant] {% endif %}"
)

CORPUS = (
    "The innkeeper wipes the counter and looks at the stranger who came in with the rain.",
    "You grew up in the same orphanage, she and you, and neither of you has ever told anyone about the fire.",
    "The guard captain asks for your papers. The crown hunts a party of four: a knight, a thief, a bard, a healer.",
    "At dawn the goblins attack the bridge; the wolves wait in the forest until the torches have burned down.",
    "Speak with the priestess, find the old key, open the vault below the temple and bring back what lies there.",
    "The two factions will keep the peace for thirty days if the toll at the river gate is shared between them.",
    "Answer as the character would. Use only what the character knows. Reply with one JSON object and nothing else.",
    "Der Wirt wischt den Tresen und mustert die Fremde, die mit dem Regen hereingekommen ist.",
    "Die Wache will eure Papiere sehen. Die Krone sucht vier Gefährten: Ritter, Diebin, Barde und Heilerin.",
    "Im Morgengrauen überfallen die Goblins die Brücke; die Wölfe warten, bis die Fackeln heruntergebrannt sind.",
    "Sprich mit der Priesterin, finde den alten Schlüssel und öffne die Gruft unter dem großen Tempel.",
    '{"npc_text": "Welcome, traveller.", "tone": "friendly", "player_variants": [{"text": "Thanks.", "tone": "sad"}]}',
    '{"action": "attack", "target": "goblin_2", "ability": "scimitar", "reasoning": "It is wounded and alone."}',
    '{"accept": true, "terms": [], "amount": 120, "names": ["marta", "the_gilded_hand"], "hint": null, "ok": false}',
)
"""A little text in the two languages of `config/locales`, ours; only its letter pairs matter."""


def make(folder: Path) -> Path:
    """Write the model into `folder`, unless this recipe's is there already. Gives the folder."""
    stamp = folder / "recipe.txt"
    if stamp.is_file() and stamp.read_text() == str(RECIPE):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = tiny_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "unk_token": SPECIAL[0], "bos_token": SPECIAL[1], "eos_token": SPECIAL[2],
        "chat_template": CHAT_TEMPLATE, "model_max_length": CONTEXT, "clean_up_tokenization_spaces": False,
    })  # fmt: skip
    vocabulary = tokenizer.get_vocab_size()
    _write_json(folder / "config.json", {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "dtype": "float32",
        "hidden_size": WIDTH, "intermediate_size": INNER, "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS, "num_key_value_heads": HEADS, "head_dim": WIDTH // HEADS,
        "vocab_size": vocabulary, "max_position_embeddings": CONTEXT, "rms_norm_eps": 1e-6, "rope_theta": 10000.0,
        "hidden_act": "silu", "attention_bias": False, "mlp_bias": False, "tie_word_embeddings": False,
        "bos_token_id": 1, "eos_token_id": 2,
    })  # fmt: skip
    _write_json(folder / "generation_config.json", {"bos_token_id": 1, "eos_token_id": 2})
    _write_safetensors(folder / "model.safetensors", _weights(vocabulary))
    stamp.write_text(str(RECIPE))
    return folder


def tiny_tokenizer() -> Tokenizer:
    """Byte-level BPE over printable ASCII and German's letters; whatever else is one `<unk>` a byte.

    A full byte alphabet would let the noise model put control characters into its JSON.
    """
    tokenizer = Tokenizer(models.BPE(unk_token=SPECIAL[0]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    printable = "".join(map(chr, range(0x20, 0x7F))) + "äöüÄÖÜßéèàç"
    splitter = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    alphabet = sorted({character for piece, _ in splitter.pre_tokenize_str(printable) for character in piece})
    trainer = trainers.BpeTrainer(
        vocab_size=900, min_frequency=2, special_tokens=list(SPECIAL), initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS * 3, trainer)
    return tokenizer


def _weights(vocabulary: int) -> dict[str, np.ndarray]:
    """Random weights by name, as Llama's checkpoint calls them; always the same ones."""
    dice = np.random.default_rng(20)

    def matrix(rows: int, columns: int) -> np.ndarray:
        return dice.normal(0.0, 0.05, (rows, columns)).astype(np.float32)

    ones = np.ones(WIDTH, dtype=np.float32)
    weights = {"model.embed_tokens.weight": matrix(vocabulary, WIDTH), "model.norm.weight": ones}
    for layer in range(LAYERS):
        prefix = f"model.layers.{layer}."
        weights |= {f"{prefix}self_attn.{part}_proj.weight": matrix(WIDTH, WIDTH) for part in "qkvo"}
        weights |= {f"{prefix}mlp.{part}_proj.weight": matrix(INNER, WIDTH) for part in ("gate", "up")}
        weights[f"{prefix}mlp.down_proj.weight"] = matrix(WIDTH, INNER)
        weights |= {f"{prefix}{norm}_layernorm.weight": ones for norm in ("input", "post_attention")}
    return weights | {"lm_head.weight": matrix(vocabulary, WIDTH)}


def _write_json(path: Path, content: dict[str, object]) -> None:
    path.write_text(json.dumps(content, indent=1))


def _write_safetensors(path: Path, tensors: dict[str, np.ndarray]) -> None:
    """The safetensors layout: length of the header (u64, little-endian), the header as JSON, then the raw tensors."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    start = 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [start, start + tensor.nbytes]}
        start += tensor.nbytes
    encoded = json.dumps(header).encode()
    encoded += b" " * (-len(encoded) % 8)
    path.write_bytes(struct.pack("<Q", len(encoded)) + encoded + b"".join(t.tobytes() for t in tensors.values()))
