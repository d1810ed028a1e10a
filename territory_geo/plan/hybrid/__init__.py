"""Hybrid selling: territories and account teams out of one pool of hours: question, answer, independent check."""
