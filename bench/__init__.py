"""Measures what the library costs, beside what it cannot be cheaper than. ``python -m bench`` runs all."""
