"""Who gets what: seeds, balance, repair, local search, reoptimisation of neighbours.

`solve.solve` is the only wiring place; everything else receives ready arrays.
"""
