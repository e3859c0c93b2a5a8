"""Extractors: entities of questions and claims of sentences."""
