"""What a convolution costs: operations, memory, and how much of either a method saves (2.1)."""

from ..arrays.settings import count
from .geometry import Geometry, Size, pair


def loop_operations(geometry: Geometry, channels: int = 1) -> tuple[int, int]:
    """Count the operations by which one kernel makes its outputs, without a bias.

    Parameters
    ----------
    geometry : Geometry
    channels : int
        C, how many channels the kernel reads.

    Returns
    -------
    tuple of two int
        Multiplications, and additions: one fewer for every output.

    Examples
    --------
    >>> loop_operations(Geometry.of((7, 7), kernel_size=3))
    (225, 200)
    """
    channels = count.read(channels, "channels")
    (kh, kw), (oh, ow) = geometry.kernel_size, geometry.output_size
    window = channels * kh * kw
    return oh * ow * window, oh * ow * (window - 1)


def column_growth(geometry: Geometry) -> float:
    """Give how many times as many numbers im2col makes as the images have.

    Parameters
    ----------
    geometry : Geometry

    Examples
    --------
    >>> column_growth(Geometry.of((28, 28), kernel_size=3, padding=1))
    9.0
    """
    (h, w), (kh, kw), (oh, ow) = geometry.size, geometry.kernel_size, geometry.output_size
    return kh * kw * oh * ow / (h * w)


def intensity(geometry: Geometry, c_in: int, c_out: int, itemsize: int = 4) -> float:
    """Give the operations per byte of a convolution that reads and writes every number once.

    Parameters
    ----------
    geometry : Geometry
    c_in, c_out : int
    itemsize : int
        Bytes of a number.

    Returns
    -------
    float
        For one image, a multiplication and its addition counted as two operations.

    Examples
    --------
    >>> geometry = Geometry.of((28, 28), kernel_size=3, padding=1)
    >>> round(intensity(geometry, c_in=16, c_out=32), 1)
    42.8
    """
    c_in, c_out, itemsize = _counts(c_in=c_in, c_out=c_out, itemsize=itemsize)
    (h, w), (kh, kw), (oh, ow) = geometry.size, geometry.kernel_size, geometry.output_size
    operations = 2 * c_out * c_in * kh * kw * oh * ow
    numbers = c_in * h * w + c_out * c_in * kh * kw + c_out * oh * ow
    return operations / (itemsize * numbers)


def im2col_traffic(geometry: Geometry, c_in: int, c_out: int, n: int = 1, itemsize: int = 4) -> int:
    """Count the bytes that a convolution by im2col moves from and to memory (equation 3.1c).

    Parameters
    ----------
    geometry : Geometry
    c_in, c_out : int
    n : int
        How many images.
    itemsize : int
        Bytes of a number.

    Returns
    -------
    int
        Images and kernels read once, columns written and read, outputs written.

    Examples
    --------
    >>> geometry = Geometry.of((28, 28), kernel_size=3, padding=1)
    >>> im2col_traffic(geometry, c_in=16, c_out=32)
    1072128
    """
    c_in, c_out, n, itemsize = _counts(c_in=c_in, c_out=c_out, n=n, itemsize=itemsize)
    (h, w), (kh, kw), (oh, ow) = geometry.size, geometry.kernel_size, geometry.output_size
    columns, kernels = c_in * kh * kw * oh * ow, c_out * c_in * kh * kw
    return itemsize * (n * (c_in * h * w + 2 * columns + c_out * oh * ow) + kernels)


def fft_multiplications(size: Size, c_in: int, c_out: int) -> int:
    """Count the complex multiplications of a convolution by radix-2 Fourier transforms.

    Parameters
    ----------
    size : int or pair of int
        Height and width of the one image; powers of 2.
    c_in, c_out : int

    Returns
    -------
    int
        Those of the transforms of channels, kernels and outputs, and of the products.

    Examples
    --------
    >>> fft_multiplications(8, c_in=1, c_out=1)
    640
    """
    h, w = pair(size, "size", 1)
    for side in (h, w):
        if side & (side - 1):
            raise ValueError(f"size: expected powers of 2, got {size!r}")
    c_in, c_out = _counts(c_in=c_in, c_out=c_out)
    pixels = h * w
    one_transform = pixels * (pixels.bit_length() - 1) // 2
    return one_transform * (c_in + c_out * c_in + c_out) + c_out * c_in * pixels


def winograd_saving(m: int, k: int) -> float:
    """Give how many times fewer multiplications Winograd's method needs.

    Parameters
    ----------
    m : int
        Outputs of a tile are m × m.
    k : int
        The kernel is k × k.

    Examples
    --------
    >>> winograd_saving(2, 3)
    2.25
    """
    m, k = _counts(m=m, k=k)
    return m**2 * k**2 / (m + k - 1) ** 2


def _counts(**numbers: int) -> list[int]:
    return [count.read(number, name) for name, number in numbers.items()]
