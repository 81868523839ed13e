"""The department intake: Sales, customer service and the register."""
