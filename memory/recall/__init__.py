"""Three ways to find a memory, weighed into one order."""
