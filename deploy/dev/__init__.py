"""The whole stack on one machine: its parts, its process table and the supervisor that keeps them running."""
