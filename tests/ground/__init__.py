"""What every room stands on: the clock, loops."""
