"""Wrong forms of the theorems that Rocq proves, each made by changes of the statement's text.

Where a matrix has to be transposed for its shape alone, the layers are made equally wide, so that
the wrong form makes sense.
"""

SQUARE = ((" n m ", " n "), ("mat m n", "mat n n"), ("vec m", "vec n"))
ALSO_SIGMA = ("(C : vec m -> R)", "(C : vec m -> R) (σ : R -> R)")
NO_SLOPE = " ⊙ map_mx σ^`() z"
OF_NEURON = " * σ^`() (z {} 0)"

# theorem: name of the wrong form: old and new texts
WRONG_STATEMENTS: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    "chain_rule": {
        "one term instead of the sum over l": (
            ("\\sum_k \\sum_l", "\\sum_k"),
            ("∂ C (f x) k l * ∂ (fun x => f x k l)", "∂ C (f x) k 0 * ∂ (fun x => f x k 0)"),
        ),
        "C not differentiable": (("  differentiable C (f x) ->\n", ""),),
    },
    "output_error": {
        "σ′ left out": ((NO_SLOPE, ""),),
        "σ′ at a instead of z": (("σ^`() z", "σ^`() a"),),
    },
    "output_error_of_neuron": {"σ′ left out": ((OF_NEURON.format("j"), ""),)},
    "hidden_error": {
        "w not transposed": (*SQUARE, ("w^T", "w")),
        "σ′ left out": ((NO_SLOPE, ""),),
        "σ′ at a instead of z": (("σ^`() z", "σ^`() (map_mx σ z)"),),
    },
    "hidden_error_of_neuron": {
        "one term instead of the sum": (("\\sum_j w j k * δ j 0", "w 0 k * δ 0 0"),),
        "σ′ left out": ((OF_NEURON.format("k"), ""),),
    },
    "bias_gradient": {
        "σ′ multiplied in": (ALSO_SIGMA, ("    δ.", "    (δ ⊙ map_mx σ^`() (w *m a + b)).")),
    },
    "weight_gradient": {
        "δ and a the wrong way round": (*SQUARE, ("δ *m a^T", "a *m δ^T")),
        "the layer's own activation": (
            ALSO_SIGMA,
            *SQUARE,
            ("a^T", "(map_mx σ (w *m a + b))^T"),
        ),
    },
    "backpropagation": {
        "the layer's own activation": (
            (" n m k ", " n m "),
            ("mat k m", "mat m m"),
            ("vec k", "vec m"),
            ("layers o k", "layers o m"),
            ("a^T", "(map_mx σ z)^T"),
        ),
        "σ′ a second time": (("b d]", "b (d ⊙ map_mx σ^`() z)]"),),
        "no derivatives above": (("all_smooth (Layer w b σ above) a", "smooth σ z"),),
    },
    "batch_gradient": {
        "divided by N": (("(Δ^T *m A)", "(N%:R^-1 *: (Δ^T *m A))"),),
        "one sample instead of the sum": (
            (" N n m ", " n m "),
            ("'M_(N, n.+1)", "mat 1 n"),
            ("'I_N", "'I_2"),
            ("(\\sum_s (row s Δ)^T)", "((row 0 Δ)^T)"),
        ),
    },
    "softmax_jacobian": {
        "the diagonal alone": (("((i == j)%:R - a j 0)", "((i == j)%:R * (1 - a j 0))"),),
        "the sign turned round": (("((i == j)%:R - a j 0)", "(a j 0 - (i == j)%:R)"),),
    },
    "cross_entropy_gradient": {
        "the sign turned round": (("(softmax z - y)", "(y - softmax z)"),),
        "targets that need not add up to 1": (("  \\sum_k y k 0 = 1 ->\n", ""),),
    },
}
