"""Deferred work: job rows in our database, delivered by Huey."""
