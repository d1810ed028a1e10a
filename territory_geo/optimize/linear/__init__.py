"""The linear model of a problem with rules at given centres: prices that prove a bound, and a plan rounded from them."""
