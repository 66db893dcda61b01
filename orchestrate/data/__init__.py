"""Rows of a tenant's warehouse, as its last finished sync left them."""
