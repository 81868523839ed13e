"""Read models: rows made of events, with their position in the same transaction, on asyncpg."""

from shared.readmodel.log import read_log
from shared.readmodel.pool import AWAY, Pool, open_pool
from shared.readmodel.projection import Projection
from shared.readmodel.runner import Runner

__all__ = ["AWAY", "Pool", "Projection", "Runner", "open_pool", "read_log"]
