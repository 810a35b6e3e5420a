"""How images and kernels are let in: of what shapes, and whether they fit each other."""

from ..arrays import Array, real
from ..arrays.settings import count
from .geometry import Geometry, Size


def read_images(x: Array) -> Array:
    """Give images as floating-point numbers; a ValueError if x is not (N, C, H, W)."""
    x = real(x)
    require_images(x)
    return x


def require_images(x: Array) -> None:
    """Raise a ValueError unless x is of shape (N, C, H, W)."""
    if x.ndim != 4 or 0 in x.shape[2:]:
        raise ValueError(
            f"x: expected images of shape (N, C, H, W), a pixel or more, got {tuple(x.shape)}"
        )


def read_convolution(
    x: Array,
    weight: Array,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> tuple[Array, Array, Geometry, int]:
    """Check that images and kernels fit each other; give them, where they meet, and the groups."""
    x = read_images(x)
    weight = real(weight, "weight", like=x)
    if weight.ndim != 4 or 0 in weight.shape[2:]:
        raise ValueError(
            f"weight: expected shape (O, C/groups, kh, kw), a place or more, "
            f"got {tuple(weight.shape)}"
        )
    groups = count.read(groups, "groups")
    if x.shape[1] % groups or weight.shape[0] % groups:
        raise ValueError(
            f"groups: expected a number that divides the {x.shape[1]} channels and the "
            f"{weight.shape[0]} kernels, got {groups}"
        )
    if weight.shape[1] != x.shape[1] // groups:
        raise ValueError(
            f"weight: expected kernels of {x.shape[1] // groups} channels (those of x, over "
            f"groups), got shape {tuple(weight.shape)}"
        )
    geometry = Geometry.of(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    return x, weight, geometry, int(groups)
