"""A backup is one only when it was restored: the script that both deployments run, and the way back."""

import subprocess
from pathlib import Path

from local_stack.ports import Ports, free_port_offset
from tests.deploy.compose_file import ComposeFile
from tests.deploy.without_containers import WithoutContainers, bind_mounts
from tests.stack_folder import stack_folder


def _run(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


async def test_what_was_deleted_comes_back_and_old_copies_go(tmp_path: Path) -> None:
    file = ComposeFile()
    script = bind_mounts(file.services["backup"])["/scripts/backup.sh"]
    with stack_folder() as folder:
        stack = WithoutContainers(file, folder / "data", Ports(free_port_offset()))
        async with stack.databases() as server:
            environment = server | {"PGUSER": "postgres", "BACKUP_FOLDER": str(tmp_path), "KEEP": "2"}
            owner = environment | {
                "PGUSER": "reports",
                "PGPASSWORD": file.services["postgres"].environment["REPORTS_PASSWORD"],
                "PGDATABASE": "reports",
            }
            _run(owner, "psql", "-qc", "CREATE TABLE kept AS SELECT 'Aral Sea' AS name")
            for day in ("01", "02"):
                for database in ("reports", "temporal", "temporal_visibility"):
                    (tmp_path / f"{database}-202601{day}T020000Z.dump").touch()
            _run(environment, "sh", str(script))
            dumps = sorted(tmp_path.glob("reports-*.dump"))
            assert len(dumps) == 2
            _run(owner, "psql", "-qc", "DROP TABLE kept")
            # As deploy/README.md says.
            _run(environment, "pg_restore", "--clean", "--if-exists", "--dbname", "reports", str(dumps[-1]))
            assert _run(owner, "psql", "-Atc", "SELECT name FROM kept") == "Aral Sea"
            assert (
                _run(owner, "psql", "-Atc", "SELECT tableowner FROM pg_tables WHERE tablename = 'kept'")
                == "reports"
            )
