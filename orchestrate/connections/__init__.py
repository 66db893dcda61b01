"""Tenants' accounts at platforms: their settings, sealed, and what is known of their state."""
