from llm_worker.setup import set_up
from llm_worker.worker import serve
from runtime import process

if __name__ == "__main__":
    process.main("llm_worker", {"worker": serve, "setup": set_up})
