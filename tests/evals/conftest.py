"""The books that metrics look into, read once."""

from __future__ import annotations

import pytest

from evals.books import Books
from schemas import load_settings


@pytest.fixture(scope="session")
def books() -> Books:
    return Books.read(load_settings())
