"""Texts: which characters one may have, and the form in which two are compared."""
