"""Hybrid selling: territories and account teams that draw on one pool of hours; the answer, and an independent check."""
