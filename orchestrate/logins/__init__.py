"""Logins that a person agrees to at the vendor: OAuth 2 with authorization codes and PKCE."""
