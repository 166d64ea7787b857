"""Highlights: passages worth showing first, each with its reasons."""
