"""How a service speaks HTTP: app factory, doors, login, problems, attachments; knows no department."""
