"""Marks the repository root, so that tools which only read the tree resolve its relative imports."""
