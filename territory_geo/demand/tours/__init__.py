"""Tours: how long it takes to drive to a set of visits, estimated in an instant (`estimate`), or planned (`weeks`)."""
