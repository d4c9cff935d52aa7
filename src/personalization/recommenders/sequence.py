"""What a customer buys next, by a network that reads their events in order (a GRU of baskets).

Time is cut into steps of equal length that end at the moment. Of every step the network reads what
a customer had to do with, and it learns to tell what they buy in the steps ahead. A score is the
softmax of: the customer's state times the product's factors; how many bought the product of late;
how often the customer did.

Sources: Hidasi et al. (2016), GRU4Rec, for the state; Hu & He (2019), Sets2Sets, for baskets in
place of single events, several products to tell at once, and own frequencies beside the state.
Needs torch, the extra `deep`.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from scipy import sparse
from torch import nn

from personalization import blas

# Steps that own frequencies and the memories beside the state halve in; steps that buyers of late
# are counted over.
_OWN_HALF_LIVES = (20 / 7, 120 / 7)
_MEMORY_HALF_LIVES = (8.0, 1000.0)
_LATE = (2, 8)
# Sizes of what factors start from: of the input and of the output.
_START = (0.3, 0.1)
# First guesses of how much own frequencies and buyers of late count.
_OWN_WEIGHT, _LATE_WEIGHT = 1.0, 0.25


@dataclass(frozen=True)
class Settings:
    """Settings of the network and its training; an unknown key is a TypeError.

    dimensions : of a product's factors and of a customer's state.
    epochs : how often each customer is learned from. learning_rate : falls to 0 over them.
    factor_rate : share of it for factors, which start from a good place.
    dropout : share of the state, and half of it of the products read, that a training step misses.
    days_a_step, steps : length and greatest number of the steps read.
    steps_ahead : what is bought in so many is what is told.
    customers_at_once, cuts : a training step learns from so many customers, at so many steps each.
    seed : of first factors, the order of customers, cuts and dropout.
    """

    dimensions: int
    epochs: int
    learning_rate: float
    factor_rate: float
    dropout: float
    days_a_step: int
    steps: int
    steps_ahead: int
    customers_at_once: int
    cuts: int
    seed: int


class Events(NamedTuple):
    """What customers had to do with before a moment; rows may repeat, in any order.

    rows, columns : places of customers and products. days_ago : whole days, from 1.
    is_bought : whether it was a purchase.
    """

    rows: np.ndarray
    columns: np.ndarray
    days_ago: np.ndarray
    is_bought: np.ndarray


class _Steps(NamedTuple):
    """Events by step; a row of the matrices is a customer's step, customer after customer.

    read, bought : (customers * count, products) csr float32 of ones: had to do with; bought.
    first : (customers,) int, the first step of each customer, count where there is none.
    late : (2 * len(_LATE), count, products) float32, log shares of buyers, and of new ones, in the
        last steps up to each.
    """

    read: object
    bought: object
    count: int
    first: np.ndarray
    late: np.ndarray


def steps_of(events: Events, shape: tuple[int, int], settings: Settings) -> _Steps:
    """Cut the time before the moment into steps, the last of which ends at the moment.

    shape : numbers of customers and products. Of a history longer than all steps, the first step
        holds what was before.
    """
    ages = (events.days_ago - 1) // settings.days_a_step
    count = int(min(settings.steps, ages.max(initial=0) + 1))
    steps = np.maximum(count - 1 - ages, 0)
    places = events.rows.astype(np.int64) * count + steps

    def ones(kept: np.ndarray):
        rows, columns = places[kept], events.columns[kept]
        values = np.ones(len(rows), np.float32)
        found = sparse.csr_matrix((values, (rows, columns)), shape=(shape[0] * count, shape[1]))
        found.data[:] = 1
        return found

    first = np.full(shape[0], count)
    np.minimum.at(first, events.rows, steps)
    bought = ones(events.is_bought)
    return _Steps(ones(np.full(len(places), True)), bought, count, first, _late(bought, count))


def _late(bought, count: int) -> np.ndarray:
    """Return the log shares of buyers and of first-time buyers over the last steps."""
    entries = bought.tocoo()
    customers, steps = entries.row // count, entries.row % count
    pairs = customers.astype(np.int64) * bought.shape[1] + entries.col
    _, firsts = np.unique(pairs * count + steps, return_index=True)
    _, new = np.unique(pairs[firsts], return_index=True)
    found = []
    for kept in (firsts, firsts[new]):
        sums = np.zeros((count + 1, bought.shape[1]))
        np.add.at(sums, (steps[kept] + 1, entries.col[kept]), 1)
        sums = np.cumsum(sums, axis=0)
        for length in _LATE:
            buyers = sums[1:] - sums[np.maximum(np.arange(1, count + 1) - length, 0)]
            found.append(np.log(buyers + 0.5) - np.log(buyers.sum(axis=1, keepdims=True) + 1))
    return np.array(found, dtype=np.float32)


class Network(nn.Module):
    """The network. Its input is laid out by `_read`, its output are scores before the softmax."""

    def __init__(self, start: np.ndarray, settings: Settings):
        super().__init__()
        products, size = start.shape
        scaled = torch.tensor(start * np.sqrt(products), dtype=torch.float32)
        self.factors_in = nn.Parameter(scaled * _START[0])
        self.factors_out = nn.Parameter(scaled * _START[1])
        self.state = nn.GRU(size, size, batch_first=True)
        self.customer = nn.Linear(size * (1 + len(_MEMORY_HALF_LIVES)), size)
        self.product_bias = nn.Parameter(torch.zeros(products))
        self.repeat_bias = nn.Parameter(torch.zeros(products))
        self.own_weights = nn.Parameter(torch.full((len(_OWN_HALF_LIVES),), _OWN_WEIGHT))
        self.late_weights = nn.Parameter(torch.full((2 * len(_LATE),), _LATE_WEIGHT))
        self.dropout = settings.dropout

    def forward(self, steps: _Steps, customers: np.ndarray, cuts: np.ndarray) -> torch.Tensor:
        """Return (customers, cuts, products): what each is likely to buy next, as seen at cuts."""
        read = _of(steps.read, customers, steps.count)
        sizes = np.diff(read.indptr)
        weights = torch.tensor(np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes))
        baskets = nn.functional.embedding_bag(
            torch.tensor(read.indices, dtype=torch.int64),
            self.factors_in,
            torch.tensor(read.indptr[:-1], dtype=torch.int64),
            mode="sum",
            per_sample_weights=nn.functional.dropout(
                weights.float(), self.dropout / 2, self.training
            ),
        ).reshape(len(customers), steps.count, -1)
        parts = [self.state(baskets)[0][:, cuts]]
        for half_life in _MEMORY_HALF_LIVES:
            kept = torch.tensor(_decays(cuts, steps.count, half_life))
            memory = torch.einsum("cs,bsd->bcd", kept, baskets)
            parts.append(memory / (memory.square().mean(-1, keepdim=True) + 1e-3).sqrt())
        joined = nn.functional.dropout(torch.cat(parts, -1), self.dropout, self.training)
        scores = self.customer(joined) @ self.factors_out.T + self.product_bias
        scores = scores + torch.einsum(
            "f,fcp->cp", self.late_weights, torch.tensor(steps.late[:, cuts])
        )
        for weight, half_life in zip(self.own_weights, _OWN_HALF_LIVES, strict=True):
            own = _summed(_decays(cuts, steps.count, half_life), read)
            scores = scores + weight * torch.log1p(own)
        return scores + self.repeat_bias * (own > 0)


def _of(matrix, customers: np.ndarray, count: int):
    """Return the rows of all steps of some customers."""
    return matrix[(customers[:, None] * count + np.arange(count)).ravel()]


def _decays(cuts: np.ndarray, count: int, half_life: float) -> np.ndarray:
    """Return (cuts, count) float32: what a step counts at each cut, 0 after it."""
    ages = cuts[:, None] - np.arange(count)
    return np.where(ages >= 0, 0.5 ** (np.maximum(ages, 0) / half_life), 0).astype(np.float32)


def _summed(weights: np.ndarray, rows) -> torch.Tensor:
    """Sum the steps of each customer by (cuts, count) weights: (customers, cuts, products)."""
    cuts, count = weights.shape
    customers = rows.shape[0] // count
    whole = sparse.kron(sparse.identity(customers, np.float32), weights, format="csr")
    return torch.tensor((whole @ rows).toarray()).reshape(customers, cuts, -1)


@dataclass(frozen=True)
class Model:
    """A trained network beside what it reads."""

    network: Network
    steps: _Steps

    def score_rows(self, rows: np.ndarray) -> np.ndarray:
        """Return (rows, products) float32: the share of each product in what is bought next."""
        with torch.no_grad():
            scores = self.network(self.steps, rows, np.array([self.steps.count - 1]))
            return torch.softmax(scores[:, 0], -1).numpy()


def fit(matrix, events: Events, settings: Settings) -> Model:
    """Train the network on what customers bought in the steps ahead of earlier ones.

    matrix : (customers, products) csr float32 of weights, whose singular vectors products' factors
        start from.

    Where no step has all steps ahead of it before the moment, nothing is learned, and scores are
    own frequencies and buyers of late alone. One thread and the seed make equal fits equal.
    """
    blas.on_one_thread()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(settings.seed)
    random = np.random.default_rng(settings.seed)
    steps = steps_of(events, matrix.shape, settings)
    network = Network(_start(matrix, settings.dimensions, random), settings)
    possible = np.arange(steps.first.min(initial=0), steps.count - settings.steps_ahead)
    if len(possible):
        _train(network, steps, possible, random, settings)
    return Model(network.eval(), steps)


def _start(matrix, dimensions: int, random: np.random.Generator) -> np.ndarray:
    """Return (products, dimensions) right singular vectors, and noise where there are no more."""
    from scipy.sparse.linalg import svds

    products, count = matrix.shape[1], min(dimensions, min(matrix.shape) - 1)
    found = random.normal(size=(products, dimensions)) / np.sqrt(products)
    if count > 0:
        whole = matrix.astype(np.float64)
        found[:, :count] = svds(whole, count, v0=np.ones(min(matrix.shape)))[2].T
    return found


def _train(
    network: Network,
    steps: _Steps,
    possible: np.ndarray,
    random: np.random.Generator,
    settings: Settings,
) -> None:
    factors = [network.factors_in, network.factors_out]
    scalars = [network.own_weights, network.late_weights]
    slow, fast = {id(one) for one in factors}, {id(one) for one in scalars}
    others = [one for one in network.parameters() if id(one) not in slow | fast]
    rates = ((factors, settings.factor_rate), (others, 1.0), (scalars, 3.0))
    optimiser = torch.optim.Adam(
        [{"params": group, "lr": settings.learning_rate * rate} for group, rate in rates]
    )
    count = len(steps.first)
    turns = settings.epochs * -(-count // settings.customers_at_once)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, turns)
    for _ in range(settings.epochs):
        order = random.permutation(count)
        for begin in range(0, count, settings.customers_at_once):
            customers = np.sort(order[begin : begin + settings.customers_at_once])
            cuts = random.choice(possible, min(settings.cuts, len(possible)), replace=False)
            optimiser.zero_grad()
            loss(network, steps, customers, np.sort(cuts), settings.steps_ahead).backward()
            optimiser.step()
            schedule.step()


def loss(
    network: Network, steps: _Steps, customers: np.ndarray, cuts: np.ndarray, ahead: int
) -> torch.Tensor:
    """Return the mean of two cross entropies: of all that is bought, and of what is new alone.

    Each is summed over the products bought in the steps ahead and divided by the root of their
    number; the second softmax is over what the customer never bought. Customers count from their
    first step on.
    """
    scores = network(steps, customers, cuts)
    bought = _of(steps.bought, customers, steps.count)
    places = np.arange(steps.count)
    is_ahead = (places > cuts[:, None]) & (places <= cuts[:, None] + ahead)
    told = _summed(is_ahead.astype(np.float32), bought) > 0
    past = _summed((places <= cuts[:, None]).astype(np.float32), bought) > 0
    is_known = torch.tensor(steps.first[customers][:, None] <= cuts)
    total = torch.zeros(())
    for wanted, possible in (
        (told, scores),
        (told & ~past, scores.masked_fill(past, -1e9)),
    ):
        number = wanted.sum(-1)
        weight = is_known / number.clamp(min=1).sqrt()
        given = (scores * wanted).sum(-1)
        total = total + (weight * (number * torch.logsumexp(possible, -1) - given)).sum()
    return total / is_known.sum().clamp(min=1)
