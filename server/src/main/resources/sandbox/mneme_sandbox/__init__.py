"""Runs other people's Python code: a warm server that forks one walled process for each call."""
