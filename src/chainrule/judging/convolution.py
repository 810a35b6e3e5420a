"""How convolution, im2col and col2im are judged, and the wrong forms of them that are known."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np

from ..convolution import col2im, conv2d, conv2d_vjp, im2col
from ..ledger import claim
from ..ledger.convolution import cases
from ..ledger.convolution.gradients import differentiated
from ..ledger.convolution.twins import NONE, ONE, counted_outputs
from ..ledger.core import Claim
from .calling import Call, single
from .core import Part, Subject
from .theirs import Option

# what takes one number for both directions is asked these, too
EVEN = (
    ((7, 7), (3, 3), (2, 2), (1, 1), ONE),
    ((8, 7), (3, 3), ONE, (2, 2), (2, 2)),
    ((6, 7), (2, 2), (3, 3), NONE, ONE),  # here each option is alone
    ((5, 6), (3, 3), ONE, (1, 1), ONE),
    ((7, 6), (2, 2), ONE, NONE, (3, 3)),
)
OBLONG = (*EVEN, ((6, 7), (2, 3), ONE, NONE, ONE))  # a kernel may be so all the same
STANDING = {"stride": Option(1, ("s",)), "padding": Option(0, ("pad", "p"))}
WINDOWS = {**STANDING, "dilation": Option(1, ("d",))}


def more(label: str, yielded: Callable, geometries: tuple) -> Claim:
    """Give a claim with cases of one number for both directions besides its own."""
    own = claim(label)
    return replace(own, cases=lambda rng: chain(own.cases(rng), yielded(rng, geometries)))


def standing(*how: Any) -> dict[str, Any]:
    """Give by name how windows stand, with one number for two directions that agree."""
    return dict(zip(WINDOWS, map(single, how), strict=False))


# ---- convolution ---------------------------------------------------------------------------------


def _convolution(
    x: Any, w: Any, b: Any, stride: Any, padding: Any, dilation: Any, groups=1
) -> Call:
    return Call((x, w, b), options=standing(stride, padding, dilation) | {"groups": groups})


def _gradient(of: int) -> Callable:
    def reads(x: Any, w: Any, delta: Any, *how: Any) -> Call:
        options = standing(*how[:3]) | {"groups": (*how, 1)[3]}
        return Call((x, w), options=options, also=(np.zeros(len(w)),), upstream=delta, of=of)

    return reads


def _grouped(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield images, kernels, δ, how the windows stand, and groups."""
    for x, w, _, *how, groups in cases.grouped(rng):
        outputs = counted_outputs(x.shape[2:], w.shape[2:], *how)
        yield x, w, rng.standard_normal((len(x), len(w), *outputs)), *how, groups


def _gradient_in_groups(label: str, of: int) -> Part:
    own = claim(label)
    title = f"{own.title.split(',')[0]}, in groups"
    in_groups = replace(own, title=title, cases=_grouped, oracles=differentiated(of))
    return Part(in_groups, (_gradient(of),), gradient=True)


def _without(*lost: str) -> Callable:
    """Give the convolution with some options ignored."""

    def convolve(x: Any, w: Any, b: Any, **how: Any) -> Any:
        return conv2d(x, w, b, **{k: v for k, v in how.items() if k not in lost})

    return convolve


def _back(of: int, change: Callable) -> Callable:
    """Give wrong gradients of one of the three, the others right."""

    def gradients(x: Any, w: Any, delta: Any, **how: Any) -> list:
        found = list(conv2d_vjp(x, w, delta, **how))
        found[of] = change(found[of], x, delta)
        return found

    return gradients


def _first_only(x: Any, w: Any, b: Any, groups: int = 1, **how: Any) -> Any:
    return (
        conv2d(x[:, :1], w[:, :1], b, **how)
        if groups == 1
        else conv2d(x, w, b, groups=groups, **how)
    )


CONVOLVED = (
    (
        lambda x, w, b, **how: conv2d(x, w[:, :, ::-1, ::-1], b, **how),
        "the kernel is turned: here the window is multiplied by the kernel as it is (2.1a)",
    ),
    (lambda x, w, b, **how: conv2d(x, w, **how), "the bias is missing"),
    (_without("stride"), "the stride plays no part"),
    (_without("padding"), "the padding plays no part"),
    (_without("dilation"), "the dilation plays no part"),
    (_without("dilation", "stride"), "stride and dilation play no part"),
    (_first_only, "that is the first channel alone: sum over all of them"),
    (
        lambda x, w, b, **how: conv2d(x, w, **how) / w.shape[1] + b[:, None, None],
        "the mean over the channels: it is a sum",
    ),
)
TURNED = (
    lambda x, w, delta, **how: conv2d_vjp(x, w[:, :, ::-1, ::-1], delta, **how),
    "the kernel is turned once too often",
)
CONVOLUTION = Subject(
    "conv2d",
    "conv2d(x, w, b, stride=1, padding=0, dilation=1, groups=1); its gradient: "
    "(x, w, upstream, stride=1, …) -> dx, dw, db",
    (
        Part(more("2.1d", cases.convolutions, OBLONG), (_convolution,), wrong=CONVOLVED),
        Part(claim("2.1f"), (_convolution,), wrong=CONVOLVED),
        Part(
            more("2.1.1h", cases.errors, OBLONG),
            (_gradient(0),),
            gradient=True,
            wrong=(TURNED, (_back(0, lambda dx, x, delta: -dx), "the sign of dx is wrong")),
        ),
        Part(
            more("2.1.1e", cases.errors, OBLONG),
            (_gradient(1),),
            gradient=True,
            wrong=(
                (
                    _back(1, lambda dw, x, delta: dw[:, :, ::-1, ::-1]),
                    "the gradient of the kernels is turned",
                ),
                (_back(1, lambda dw, x, delta: -dw), "the sign of dw is wrong"),
            ),
        ),
        Part(
            more("2.1.1f", cases.errors, OBLONG),
            (_gradient(2),),
            gradient=True,
            wrong=(
                (
                    _back(2, lambda db, x, delta: db / len(x)),
                    "the mean over the images: a cost that is a mean has its 1/N in δ already",
                ),
                (_back(2, lambda db, x, delta: delta.mean((0, 2, 3))), "db is a sum, not a mean"),
                (_back(2, lambda db, x, delta: -db), "the sign of db is wrong"),
            ),
        ),
        _gradient_in_groups("2.1.1h", 0),
        _gradient_in_groups("2.1.1e", 1),
    ),
    {**WINDOWS, "groups": Option(1)},
)


# ---- columns -------------------------------------------------------------------------------------


def _unfolded(x: Any, kernel: Any, *how: Any) -> Call:
    return Call((x,), (single(kernel),), standing(*how))


def _folded(columns: Any, size: Any, kernel: Any, *how: Any) -> Call:
    return Call((columns, size), (single(kernel),), standing(*how))


def _columns(rng: np.random.Generator, geometries: tuple) -> Any:
    for x, kernel, *how in cases.unfolded(rng, geometries):
        shape = im2col(x, kernel, **cases.standing(*how)).shape
        yield rng.standard_normal(shape), x.shape[2:], kernel, *how


def _reordered(places: tuple[int, ...]) -> Callable:
    """Give im2col with what a column holds in another order; places are of (C, kh, kw)."""

    def unfold(x: Any, kernel: Any, **how: Any) -> Any:
        found = im2col(x, kernel, **how)
        kh, kw = np.broadcast_to(kernel, 2)
        held = found.reshape(len(x), -1, kh, kw, found.shape[-1])
        return held.transpose(0, *(place + 1 for place in places), 4).reshape(found.shape)

    return unfold


def _counts(columns: Any, size: Any, kernel: Any, how: dict[str, Any]) -> Any:
    return np.maximum(col2im(np.ones_like(columns), size, kernel, **how), 1)


def _of_image(ask: Callable) -> Callable:
    return lambda x, k: ask(Call((x[None, None],), (k,)))[0]


def _of_line(ask: Callable) -> Callable:
    return lambda columns, h, s: ask(
        Call((columns[None], (h, 1)), ((len(columns), 1),), {"stride": (s, 1)})
    )[0, 0, :, 0]


COLUMNS = (
    Subject(
        "im2col",
        "im2col(x, kernel_size, stride=1, padding=0, dilation=1) -> (N, C · kh · kw, windows)",
        (
            Part(
                more("2.1.1a", cases.unfolded, EVEN),
                (_unfolded,),
                wrong=(
                    (
                        lambda x, k, **how: im2col(x, k, **how).swapaxes(1, 2),
                        "the windows are rows here; they should be columns",
                    ),
                    (_reordered((0, 2, 1)), "a window is read column by column: read row by row"),
                    (_reordered((1, 2, 0)), "the channels are last in a column; they come first"),
                    (
                        lambda x, k, stride, **how: im2col(x, k, **how),
                        "the stride plays no part",
                    ),
                    (
                        lambda x, k, padding, **how: im2col(x, k, **how),
                        "the padding plays no part",
                    ),
                ),
                exercises=(("im2col-by-hand", _of_image),),
            ),
        ),
        WINDOWS,
    ),
    Subject(
        "col2im",
        "col2im(columns, (h, w), kernel_size, stride=1, padding=0, dilation=1) -> (N, C, h, w)",
        (
            Part(
                more("2.1.1c", _columns, EVEN),
                (_folded,),
                wrong=(
                    (
                        lambda z, size, k, **how: (
                            col2im(z, size, k, **how) / _counts(z, size, k, how)
                        ),
                        "that is the mean of the windows a pixel lies in; col2im adds them up",
                    ),
                    (
                        lambda z, size, k, **how: -col2im(z, size, k, **how),
                        "the sign is wrong",
                    ),
                    (
                        lambda z, size, k, **how: col2im(z[:, :, ::-1], size, k, **how),
                        "the windows are put back in the wrong order",
                    ),
                ),
                exercises=(("col2im-of-a-line", _of_line),),
            ),
        ),
        WINDOWS,
    ),
)

SUBJECTS = (*COLUMNS, CONVOLUTION)
