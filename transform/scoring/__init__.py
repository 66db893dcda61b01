"""Scores what dbt makes of data with known truth, through the users' models; one module per kind of data."""
