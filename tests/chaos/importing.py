"""``redress import`` at work beside everything else, killed at times and begun again as an operator would."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random
from uuid import UUID

from deploy.dev.settings import PROJECT
from deploy.importing.mapping import load_mapping
from deploy.importing.sending import command_id
from shared.http.identities import case_of, command_of
from tests.chaos.house import House
from tests.journeys.people import SALES

SAMPLES = PROJECT / "deploy" / "samples"
SHEET, MAPPING = SAMPLES / "nhtsa-complaints.tsv", SAMPLES / "nhtsa.yaml"
ENOUGH = ('delivered: {constant: "1"}', 'delivered: {constant: "400"}')
"""Of what was imported people send back as much as of what they file themselves."""
SITE = "TPE"
BEGUN_AT_MOST = 6
KILLED = 0.3
"""How often an import is killed on its way."""


class Unfinished(Exception):
    """The import does not come to its end; the text is what it said."""


@dataclass(frozen=True)
class Import:
    """Rows of the sample sheet under keys of their own, from ``first`` on, in a file of the stack's folder."""

    house: House
    first: int
    count: int

    @property
    def keys(self) -> list[str]:
        """The keys of the rows."""
        return [str(self.first + number) for number in range(self.count)]

    @property
    def cases(self) -> list[UUID]:
        """The cases that come of the rows."""
        name = load_mapping(MAPPING).name
        ids = (command_of(SALES, str(command_id(SITE, name, key))) for key in self.keys)
        return [case_of(each, "intake") for each in ids]

    async def run(self, chance: Random) -> list[UUID]:
        """Import until every row is there; the cases. Raises Unfinished."""
        file = await asyncio.to_thread(self._write)
        said = ""
        for _ in range(BEGUN_AT_MOST):
            process = await self._begin(file)
            patience = chance.uniform(0.5, 3.0) if chance.random() < KILLED else 200.0
            try:
                told, _ = await asyncio.wait_for(process.communicate(), patience)
            except TimeoutError:
                process.kill()
                await process.wait()
                continue
            said = told.decode()
            if process.returncode == 0:
                return self.cases
        raise Unfinished(said)

    def _write(self) -> Path:
        rows = SHEET.read_text("utf-8").splitlines()
        chosen = (rows[(self.first + number) % len(rows)] for number in range(self.count))
        lines = (f"{key}\t{row.partition(chr(9))[2]}\n" for key, row in zip(self.keys, chosen, strict=True))
        file = self.house.started.data / f"sheet-{self.first}.tsv"
        file.write_text("".join(lines), "utf-8")
        file.with_name(MAPPING.name).write_text(MAPPING.read_text("utf-8").replace(*ENOUGH), "utf-8")
        return file

    async def _begin(self, file: Path) -> asyncio.subprocess.Process:
        what = ("import", str(file), "--map", str(file.with_name(MAPPING.name)), "--site", SITE, "--as", SALES)
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "deploy.cli", *what, "--address", self.house.started.address,
            env=self.house.started.environment, cwd=PROJECT,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
