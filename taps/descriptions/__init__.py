"""Readers of the descriptions that vendors publish of their APIs, one module for each format, one interface for all.

`taps.descriptions.index` says which files a platform has and opens them. Every reader is a
`taps.descriptions.description.Description`: operations by method and path, with their parameters, bodies, answers and
logins; all schemas are JSON Schema, read by `taps.descriptions.schemas.Schemas`.
"""
