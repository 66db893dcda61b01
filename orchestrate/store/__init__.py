"""What the control plane keeps: one database, SQLite or Postgres, every row a tenant's."""
