"""Matplotlib where it is installed; where it is not, what would draw with it says so when it does.

A page of the book has none. The pictures that move need none: the package writes them itself.
"""

from typing import Any

__all__ = [
    "Axes",
    "Circle",
    "FancyArrowPatch",
    "FancyBboxPatch",
    "Figure",
    "FigureCanvasAgg",
    "FuncFormatter",
    "MaxNLocator",
    "NullFormatter",
    "Rectangle",
    "RendererSVG",
    "Text",
    "colormaps",
    "cycler",
    "matplotlib",
]

try:
    import matplotlib
    from cycler import cycler
    from matplotlib import colormaps
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import RendererSVG
    from matplotlib.figure import Figure
    from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle
    from matplotlib.text import Text
    from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter
except ModuleNotFoundError as missing:
    if missing.name not in ("matplotlib", "cycler"):
        raise

    class Missing:
        """What stands for a class of Matplotlib, and for its modules."""

        def __init__(self, *args: Any, **kwargs: Any):
            raise ModuleNotFoundError("Matplotlib is not installed", name="matplotlib")

        rc_context = subplots = __init__

    Axes = Circle = FancyArrowPatch = FancyBboxPatch = Figure = FigureCanvasAgg = Missing  # type: ignore
    FuncFormatter = MaxNLocator = NullFormatter = Rectangle = RendererSVG = Text = Missing  # type: ignore
    colormaps = matplotlib = Missing  # type: ignore

    def cycler(**colors: Any) -> Any:  # type: ignore
        """Give nothing: who draws nothing needs no colours."""
