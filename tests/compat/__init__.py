"""Taps and targets of other people, installed apart: `make compat`."""
