"""Every picture of the book, drawn from the code that it shows; by section."""

from .kit.picture import Picture, picture
from .source import show_source

__all__ = ["Picture", "picture", "show_source"]
