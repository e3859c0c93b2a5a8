"""Dynamic retrieval that asks a text corpus whether the model is guessing."""
