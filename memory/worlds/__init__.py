"""Worlds as folders of files, and how they come into the record."""
