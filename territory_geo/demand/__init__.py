"""What work it takes: segments, call policy, hours, tours."""
