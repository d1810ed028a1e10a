"""What is there: customers, prospects, areas, their contiguity and the distances between them.

The first room of the house; it imports from no other.
"""
