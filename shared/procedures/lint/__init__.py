"""The linter of packs."""
