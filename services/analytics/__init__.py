"""Analytics: deadlines and who missed them, the worklists, the register, the dashboard, the history of a case."""
