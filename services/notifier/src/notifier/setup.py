"""The one-shot setup step: the tables of webhook endpoints and deliveries."""

from pathlib import Path

from notifier.settings import SetupSettings
from runtime import database

MIGRATIONS = Path(__file__).with_name("migrations")
MIGRATIONS_TABLE = "notifier_schema_migrations"


async def set_up() -> None:
    """Bring the tables to their wanted state; running it again changes nothing."""
    await database.migrate(SetupSettings().database, MIGRATIONS, table=MIGRATIONS_TABLE)
