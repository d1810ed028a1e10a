"""What work it takes: call policy, hours of visits and driving, tours, capacity.

Everything here follows from accounts, units and distances; plans and the optimiser come later.
"""
