"""The sample cases of the demo: real complaints, and how far each has come."""
