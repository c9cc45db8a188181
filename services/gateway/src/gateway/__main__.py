from gateway.app import serve
from runtime.process import main

if __name__ == "__main__":
    main("gateway", {"gateway": serve})
