"""The pages: the same services as the API, drawn on the server; all of it works without JavaScript."""
