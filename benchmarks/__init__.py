"""Benchmarks: this package beside others on the data that ships, and on known instances from a folder.

`make bench` and `make bench-instances DIR=folder` run them. Nothing here is part of the package.
"""
