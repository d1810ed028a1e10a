"""Readers, one file per family of formats.

Each turns a file into a table, with a geometry column where there are shapes, and mends nothing silently.
"""
