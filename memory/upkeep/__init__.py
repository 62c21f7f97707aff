"""What is done behind play: small memories are merged, old ones forgotten."""
