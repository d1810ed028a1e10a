"""Charts of sizes, growth, quotas and weeks, with matplotlib: one file each, one look."""
