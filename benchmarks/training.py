"""Training the digits network: ours, eager PyTorch and scikit-learn, side by side in one run.

64-128-10, ReLU, float32, batches of 32, ten epochs of plain stochastic gradient descent at 0.1, one
thread each and two; scikit-learn's MLPClassifier without momentum, penalty or early stop.
"""

import warnings

import numpy as np
import torch
from _side_by_side import HOW, measure, ratio, rounds_from_command_line, threads_each, write
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from chainrule.activations import ReLU
from chainrule.datasets import digits
from chainrule.losses import CrossEntropy
from chainrule.network import Linear, Network
from chainrule.optimizers import SGD
from chainrule.training import accuracy, fit

EPOCHS, BATCH, LR, HIDDEN, REST = 10, 32, 0.1, 128, 0.05
data = digits(dtype="float32")


def train_ours() -> float:
    """Train the book's network and give its accuracy on the validation part."""
    rng = np.random.default_rng(0)
    net = Network(
        [
            Linear(64, HIDDEN, rng=rng, dtype="float32"),
            ReLU(),
            Linear(HIDDEN, 10, rng=rng, dtype="float32"),
        ]
    )
    fit(
        net,
        CrossEntropy(),
        SGD(LR),
        *data.train,
        epochs=EPOCHS,
        batch_size=BATCH,
        rng=rng,
        progress=False,
    )
    return accuracy(net, *data.validation)


def train_torch() -> float:
    """Train the same network in eager PyTorch, without a loader's overhead."""
    torch.manual_seed(0)
    x, y = torch.from_numpy(data.train.x), torch.from_numpy(data.train.y)
    net = torch.nn.Sequential(
        torch.nn.Linear(64, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, 10)
    )
    loss, optimizer = torch.nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=LR)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            loss(net(x[batch]), y[batch]).backward()
            optimizer.step()
    with torch.no_grad():
        output = net(torch.from_numpy(data.validation.x))
    return float((output.argmax(1).numpy() == data.validation.y).mean())


def train_sklearn() -> float:
    """Train scikit-learn's network of the same shape with the same settings."""
    net = MLPClassifier(
        (HIDDEN,),
        solver="sgd",
        alpha=0.0,
        batch_size=BATCH,
        learning_rate_init=LR,
        max_iter=EPOCHS,
        momentum=0.0,
        nesterovs_momentum=False,
        n_iter_no_change=EPOCHS,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # ten epochs are what was asked for
        net.fit(*data.train)
    return float(net.score(*data.validation))


if __name__ == "__main__":
    rounds = rounds_from_command_line(17)
    contenders = {
        "chainrule": train_ours,
        "PyTorch, eager": train_torch,
        "scikit-learn, MLPClassifier": train_sklearn,
    }
    accuracies = {name: round(train(), 3) for name, train in contenders.items()}
    ratios = {}
    for threads, how in HOW.items():
        with threads_each(threads):
            seconds = measure(contenders, rounds, rest=(threads - 1) * REST)
        ratios[how] = {
            name: ratio(seconds["chainrule"], times)
            for name, times in seconds.items()
            if name != "chainrule"
        }
    write(
        "training",
        {
            "title": "Training the digits network",
            "what": "64-128-10, ReLU, float32, batches of 32, ten epochs of plain SGD at 0.1",
            "page": "neural-network/training",
            "baseline": "chainrule",
            "ratios": ratios["one thread"],
            **ratios,
            "accuracies": accuracies,
            "rounds": rounds,
            "device": "CPU",
        },
        ("chainrule", "numpy", "torch", "scikit-learn"),
    )
