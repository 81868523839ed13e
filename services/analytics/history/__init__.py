"""The history of a case: entry by entry, and the case as it was at any moment."""
