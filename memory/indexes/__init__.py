"""What can be thrown away and made again from the record: vectors, words, and how far each has come."""
