"""The engine: which queries a text may satisfy, for many texts and thousands of queries at once."""
