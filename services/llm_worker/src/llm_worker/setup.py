"""The one-shot setup step: the ledger's tables."""

from pathlib import Path

from llm_worker.settings import SetupSettings
from runtime import database

MIGRATIONS = Path(__file__).with_name("migrations")
MIGRATIONS_TABLE = "llm_worker_schema_migrations"


async def set_up() -> None:
    """Bring the tables to their wanted state; running it again changes nothing."""
    await database.migrate(SetupSettings().database, MIGRATIONS, table=MIGRATIONS_TABLE)
