"""What was written down: the database, its tables, and the transactions of a decision."""
