"""The question and the answer: a territory problem, a territory plan, and their independent check."""
