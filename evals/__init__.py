"""Evaluation suites: golden cases, and what measures how well they are played. `python -m evals` runs them."""

import os

# deepeval reads these when it is first imported, and this runs before any module of the folder imports it: it sends
# nothing home, looks for no newer version of itself, and takes nothing from a `.env` that happens to lie about.
os.environ.update(
    {
        "DEEPEVAL_TELEMETRY_OPT_OUT": "1",
        "DEEPEVAL_UPDATE_WARNING_OPT_IN": "0",
        "DEEPEVAL_DISABLE_DOTENV": "1",
        "DEEPEVAL_DISABLE_LEGACY_KEYFILE": "1",
    }
)

__all__: list[str] = []
