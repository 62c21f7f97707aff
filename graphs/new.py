"""A new graph, begun as a copy of one that works."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from graphs.declaration import END
from graphs.load import LIBRARY, find, read
from schemas import ID_PATTERN, BadDeclaration, Fault


def new(name: str, like: str | Path, folder: Path, *, library: Path = LIBRARY) -> Path:
    """Write `folder/name.yaml`, a copy of the graph `like` with its comments, under a new name and at version 1.

    Raises `BadDeclaration` for a bad name, a file that is there already or a model with faults, and `UnknownThing` when
    there is no graph `like`.
    """
    if not re.fullmatch(ID_PATTERN, name) or ":" in name or name == END:
        what = f"'{name}' is not a name for a graph."
        raise BadDeclaration(Fault("", what, "Use lower-case letters, digits and `_`, such as `night_watch`."))
    source = find(like, library=library)
    target = folder / f"{name}.yaml"
    model = read(source)
    if model.faults:
        raise BadDeclaration(model.faults)
    yaml: Any = YAML()  # round trip: comments, order and style stay; ruamel leaves its types open
    yaml.preserve_quotes = True
    yaml.width = 120
    yaml.indent(mapping=2, sequence=4, offset=2)
    written = yaml.load(source.read_text(encoding="utf-8-sig"))
    written["name"], written["version"] = name, 1
    written["about"] = f"Begun as a copy of {model.name}: {model.about}"
    text = StringIO()
    yaml.dump(written, text)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text.getvalue())
    except FileExistsError as error:
        what = "this file is there already; it was left as it is."
        raise BadDeclaration(Fault(str(target), what, "Choose another name.")) from error
    return target
