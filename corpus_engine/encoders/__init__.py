"""Between text and the tokens of a stream: one class for each analyzer."""
