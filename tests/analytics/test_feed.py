"""The feed notices that its line to the server is gone, be it cut or silent."""

import asyncio
from dataclasses import replace

import pytest

from services.analytics.dashboard import feed
from services.analytics.dashboard.feed import Feed
from shared.postgres.databases import Database
from shared.readmodels import Pool, open_pool
from tests.chaos.launching.cables import PLUGGED, SILENT, Line
from tests.support.building import until


async def test_a_line_that_fell_silent_is_noticed_and_made_anew(
    database: Database, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "PROBE_EVERY", 0.2)
    line = Line(database.port)
    server = await asyncio.get_running_loop().create_server(line.answered, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    through = await open_pool(replace(database, host="127.0.0.1", port=port))
    listening = Feed(through)
    listening.start()
    await until(lambda: not listening.missing(), "it listens")

    line.put(SILENT)
    await until(listening.missing, "it says that it does not")
    line.put(PLUGGED)
    await until(lambda: not listening.missing(), "it listens again")

    await listening.close()
    through.terminate()
    server.close()
