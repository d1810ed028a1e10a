"""The linear model of problems with rules and homes: prices that prove a bound, and a start rounded from it."""
