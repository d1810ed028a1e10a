"""What the business insists on beyond balance and contiguity, as arrays, kernels and rows of exact models."""
