"""axe-core, which finds what keeps people from reading or working a page; fetched once, from the npm registry."""

import tarfile
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from deploy.dev.settings import StackSettings
from tests.browser.npm import Package, download

PACKAGE = Package(
    "axe-core",
    "4.14.1",
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
)
SCRIPT = "package/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (rules) => (await axe.run(document, {runOnly: rules})).violations.flatMap((rule) =>
    rule.nodes.map((node) => [rule.id, node.target.join(" "), node.any[0]?.message ?? rule.help]))"""


class NoAxe(Exception):
    """axe-core cannot be had here."""


def script() -> str:
    """The program. Raises ``NoAxe``."""
    kept = StackSettings.from_environment().cache / "axe-core" / PACKAGE.version / "axe.min.js"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as beside:
            archive = download(PACKAGE, Path(beside))
            if archive is None:
                raise NoAxe("The tests of the pages need axe-core and could not fetch it: connect to the network.")
            with tarfile.open(archive) as packed:
                packed.extract(SCRIPT, beside, filter="data")
            (Path(beside) / SCRIPT).replace(kept)
    return kept.read_text("utf-8")


async def violations(page: Page) -> list[Any]:
    """What is wrong with a page as it is shown: the rule, the element, and what about it."""
    await page.evaluate(script())
    found: list[Any] = await page.evaluate(RUN, RULES)
    return found
