"""`python healthcheck.py /health/live`: exit 0 when the process in this container answers 200 there."""  # noqa: INP001 - a script

import http.client
import os
import sys

TIMEOUT_SECONDS = 4

if __name__ == "__main__":
    port = int(os.environ["HTTP_PORT"])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", sys.argv[1])
        response = connection.getresponse()
        sys.stdout.write(response.read(2_000).decode(errors="replace"))
        sys.exit(response.status != http.client.OK)
    except OSError as error:
        sys.exit(str(error))
