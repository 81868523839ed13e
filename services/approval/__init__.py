"""The department approval: the General Manager's Office and the levels of authority."""
