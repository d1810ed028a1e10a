"""What people see: maps and files made from a finished plan.

Nothing in here changes a plan; `map.py` draws it, `export.py` writes its tables.
"""
