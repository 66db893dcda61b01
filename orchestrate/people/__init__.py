"""Who may come in: people of a tenant, their roles, passwords and sessions."""
