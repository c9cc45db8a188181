from pdf_worker.worker import serve
from runtime import process

if __name__ == "__main__":
    process.main("pdf_worker", {"worker": serve})
