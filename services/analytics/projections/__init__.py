"""Analytics' read models in PostgreSQL: how events become rows, and the questions that the rows answer."""
