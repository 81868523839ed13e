"""``redress``, the operators' command: a file for each of its words."""

from deploy.cli.command import main

__all__ = ["main"]
