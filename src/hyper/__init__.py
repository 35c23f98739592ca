"""Hyper Live: one decorator makes a Python function a live component."""
