"""The department finance: accounting, the warehouse, and what a complaint costs."""
