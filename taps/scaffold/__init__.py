"""Drafts a new platform from the vendor's description: manifest, fixtures and staging models.

A draft is a guess. Every line that is one ends with `unchecked:` and what to find out, and `engarde check` refuses the
platform until somebody has looked it up and taken the mark away (`taps.scaffold.unchecked`).
"""
