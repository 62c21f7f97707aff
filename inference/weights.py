"""Whether weights are those that they are said to be."""

from __future__ import annotations

import hashlib
from pathlib import Path

from schemas import BadSettings, Fault

KINDS = ("*.safetensors", "*.gguf")


def checksum(weights: Path) -> str:
    """SHA-256 of a file of weights; of a folder that of its one file.

    Of several files it is that of their checksums, as `sha256sum *.safetensors | sha256sum` prints it. Takes a second
    for each half gigabyte or so: call it in a thread. Raises BadSettings where there are no weights.
    """
    if weights.is_file():
        return _of(weights)
    files = sorted(file for kind in KINDS for file in weights.glob(kind))
    if not files:
        what = "there are no weights (*.safetensors, *.gguf) here." if weights.is_dir() else "there is nothing here."
        raise BadSettings(Fault(str(weights), what, "Mend `weights` in models.toml."))
    if len(files) == 1:
        return _of(files[0])
    listed = "".join(f"{_of(file)}  {file.name}\n" for file in files)
    return hashlib.sha256(listed.encode()).hexdigest()


def _of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
