"""What it costs: ratios within one run, as a table for people and as JSON for programs."""
