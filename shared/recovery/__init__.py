"""What is done after a restore from an older copy."""
