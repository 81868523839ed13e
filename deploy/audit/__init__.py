"""What an auditor is given: a script that stands on its own."""
