"""Read models: rows made of events, with their position in the same transaction, on asyncpg."""

from shared.postgres.pool import AWAY, Pool, open_pool
from shared.readmodels.log import read_log
from shared.readmodels.projection import Projection
from shared.readmodels.runner import Runner

__all__ = ["AWAY", "Pool", "Projection", "Runner", "open_pool", "read_log"]
