"""Ceilings and what is committed against them: budget lines, envelopes of projects, purchasing vehicles."""
