"""The journey of a complaint as a document, written from the code and the pack."""
