"""What is promised, held while processes die and freeze and answers are lost."""
