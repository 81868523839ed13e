"""Read models on a real store: rows and position together, rebuilt byte for byte."""
