"""Writing a selection of a store to a file of another form."""
