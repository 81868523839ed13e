"""The process of analytics' live read models."""
