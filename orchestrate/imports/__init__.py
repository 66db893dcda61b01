"""What the rows of a connection are beside those of others: before they are let into the unified tables, or after."""
