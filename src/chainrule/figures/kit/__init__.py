"""What the pictures are made of: a style, what is drawn more than once, and sliders."""
