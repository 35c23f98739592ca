"""Testing tools."""
