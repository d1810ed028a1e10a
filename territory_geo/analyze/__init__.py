"""What if, and why: figures about plans, comparisons, explanations.

Imports the plan and everything to its left; drawing is the next room's.
"""
