"""What a pack says of a case under way: stages, tasks, who may act, what is settled."""
