"""Eventing on real parts: nothing lost, nothing twice, nothing out of order."""
