"""Account teams: what is asked (roles, people, accounts), the answer, who does what, and an independent check."""
