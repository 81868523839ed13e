"""What people see: layout, forms, sheets, words and static files that every service's pages share."""
