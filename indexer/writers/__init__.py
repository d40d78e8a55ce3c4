"""One writer per digest layout, each the inverse of the reader with the same name."""
