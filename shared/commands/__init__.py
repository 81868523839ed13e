"""The way of a command: the gate, and what is decided and recorded together."""
