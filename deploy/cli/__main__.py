"""``python -m deploy.cli``: the same as ``redress``."""

from deploy.cli.command import main

main()
