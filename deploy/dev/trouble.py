"""The one error that is meant for the person who starts the stack."""


class Trouble(Exception):
    """Something stands in the way; its text is one sentence that says what to do about it."""
