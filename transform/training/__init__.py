"""Learns the seed match_weights from the records of a user's own warehouse, by Splink."""
