"""Whether what is stored is what was recorded: checkpoints, verification, export."""
