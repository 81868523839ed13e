"""What becomes of a case under a pack: which stage who has, until when, and what follows from what they do."""
