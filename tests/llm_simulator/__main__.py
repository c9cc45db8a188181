"""Runs the simulator as a process: `python tests/llm_simulator --port 8899 [--ledger FILE]`."""

import argparse
import socket
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])

from tests.llm_simulator.server import make_server  # noqa: E402 - the folder is run by path, so the project comes first


def main() -> None:
    """Serve until interrupted; the first line printed says where."""
    arguments = argparse.ArgumentParser(prog="llm_simulator", description=__doc__)
    arguments.add_argument("--host", default="127.0.0.1")
    arguments.add_argument("--port", type=int, default=0, help="0 takes a free port")
    arguments.add_argument("--ledger", type=Path, help="a file that outlives the process")
    chosen = arguments.parse_args()
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((chosen.host, chosen.port))
        host, port = listener.getsockname()
        print(f"http://{host}:{port}/v1", flush=True)  # noqa: T201 - the caller reads the address here
        make_server(chosen.ledger).run(sockets=[listener])


if __name__ == "__main__":
    main()
