"""Bargains between factions: what terms are worth, how sides give way, what is in force, and who keeps their word."""
