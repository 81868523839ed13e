"""``python -m tests.chaos``: guards are taken out one by one, then a long run; with progress, and tables at the end."""

import argparse
import asyncio
import logging
import os
import secrets
import signal
import sys

import structlog

from tests.chaos.campaign import Campaign
from tests.chaos.faults import ALL
from tests.chaos.guards.proving import Proof, proved
from tests.chaos.report import printed
from tests.chaos.violations import told


def wanted(arguments: list[str]) -> argparse.Namespace:
    """What the command line and the environment ask for."""
    said = os.environ
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    add = parser.add_argument
    add("--seed", type=int, default=int(said.get("CHAOS_SEED") or secrets.randbelow(1_000_000)))
    add("--rounds", type=int, default=int(said.get("CHAOS_ROUNDS") or 20))
    add("--stay", type=int, default=25, help="rounds in one house, before another is put up")
    add("--surge", type=float, default=float(said.get("CHAOS_SURGE") or 60), help="seconds of too much work; 0: none")
    add("--only", default="", help="faults whose name contains this, and no others")
    add("--without", action="append", default=[], help="a kind of faults that is left out")
    add("--no-guards", dest="guards", action="store_false", help="do not take the guards out")
    return parser.parse_args(arguments)


async def main(arguments: list[str]) -> int:
    """Run, and say how it went; 1 when a promise was broken or a missing guard not noticed."""
    asked = wanted(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    faults = tuple(fault for fault in ALL if asked.only in fault.name and fault.kind not in asked.without)
    if not faults:
        print(f"no such fault: {asked.only!r}")
        return 2
    say(f"Chaos: seed {asked.seed}, {asked.rounds} rounds")
    proofs: list[Proof] = await proved(say) if asked.guards else []
    campaign = Campaign(asked.seed, asked.rounds, asked.stay, faults=faults, surge=asked.surge)
    tally = await campaign.go(say)
    say(printed(tally, proofs))
    say(told(tally.violations))
    return 1 if tally.violations or not all(proof.caught for proof in proofs) else 0


def say(line: str) -> None:
    """Tell the person at the terminal."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
