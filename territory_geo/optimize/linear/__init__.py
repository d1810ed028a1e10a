"""The linear model of problems with rules at given centres: prices that prove a bound, and a start rounded from it."""
