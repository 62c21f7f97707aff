"""Bring the record's tables up to this version's, once, whoever comes first."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from schemas import RecordError

HEAD = "0009"
"""The newest migration in `migrations/versions`: kept here so that an up-to-date record needs no alembic at all."""
_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x100A4
"""Any number, as long as it is ours: PostgreSQL's advisory lock while tables change."""


def version_of(connection: Connection) -> str | None:
    """The migration that the tables are at; None: there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def migrate(connection: Connection) -> None:
    """Run what is missing: a unit of work, so all of it or nothing. Of two processes that open at once one runs it.

    Raises:
        RecordError: the record was written by a newer version.
    """
    if connection.dialect.name == "postgresql":  # SQLite's writers queue by themselves
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    version = version_of(connection)
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise RecordError(
            f"The record was written by a newer Loomwright (its tables are at {version}, this one knows {HEAD}). "
            "Update, or choose another home."
        )
    _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    from alembic import command  # a third of a second to import, and seldom needed
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, "head")
