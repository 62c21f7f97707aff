"""What reminds of what: the graph of tags, what facts teach it, and how energy spreads over it."""
