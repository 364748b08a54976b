"""Metadata: ranked candidates with their source, one winner a field, the rest kept."""
