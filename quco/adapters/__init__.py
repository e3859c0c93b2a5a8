"""What brings the outside world to the ports: corpora, retrievers, models, parsers."""
