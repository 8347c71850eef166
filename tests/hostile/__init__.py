"""What is promised, held against who means harm."""
