"""Lines of history: which rows each can see, forks, saves, logs, differences, and portable files."""
