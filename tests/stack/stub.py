"""A stack whose services are stubs: real servers, real supervisor, real front door. Run as a program by the tests."""

import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from deploy.dev.probes import answers
from deploy.dev.process import Process
from deploy.dev.settings import StackSettings
from deploy.dev.stack import Stack
from deploy.dev.trouble import Trouble

NAMES = ("intake", "analytics")


class Service(BaseHTTPRequestHandler):
    """Answers any path with its service's name and that path; ``/stream`` with one event of an open stream."""

    def do_GET(self) -> None:
        if self.path.endswith("/stream"):
            self.stream()
            return
        body = f"{sys.argv[2]} {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self) -> None:
        """Send one event and keep the connection until the reader leaves."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"data: first\n\n")
        self.rfile.read()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def table(ports: Mapping[str, int], environment: Mapping[str, str]) -> list[Process]:
    """Two stub services."""
    return [
        Process(
            name=name,
            argv=(sys.executable, __file__, "serve", name, str(ports[name])),
            env=environment,
            ready=answers(f"http://127.0.0.1:{ports[name]}/health/ready"),
            folder=Path(__file__).parents[2],
        )
        for name in NAMES
    ]


def main() -> int:
    """``serve NAME PORT`` is a service, ``load`` notes that it ran, ``up`` is the stack, ending as ``redress`` does."""
    if sys.argv[1] == "serve":
        ThreadingHTTPServer(("127.0.0.1", int(sys.argv[3])), Service).serve_forever()
    settings = StackSettings.from_environment()
    if sys.argv[1] == "load":
        with (settings.data / "loads").open("a") as loads:
            loads.write("loaded\n")
        return 0
    load = (sys.executable, __file__, "load")
    try:
        Stack(settings, lambda line: print(line, flush=True), table, NAMES, load).run()
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
