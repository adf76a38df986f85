#!/usr/bin/env python3
"""Writes gan_game.txt: five training steps of the small games of tests/gan/test_game.c, by PyTorch in
float64: the sums of both players' figures, and every parameter after them. Samples and initial
weights are formulas, as in make_nn.py; latents and the shares of gradient penalties are drawn by
Philox4x32-10 from the streams that clgan draws them from.

    python3 tests/golden/make_game.py      (needs torch; the committed file is of torch 2)
"""

import math
import os

import torch
from torch import nn
from torch.nn.functional import relu, softplus

from make_dcgan import line
from make_nn import HERE, batch_first, fill, values

STEPS, SEED = 5, 7
STREAM_GRAPH, STREAM_LATENT, STREAM_POINTS = 256, 0, 4 << 12
DISCRIMINATOR_STREAMS, GENERATOR_STREAMS, PENALTY_STREAMS = 0, 1 << 16, 2 << 16


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(b >> 32) ^ c[1] ^ k[0], b & 0xFFFFFFFF, (a >> 32) ^ c[3] ^ k[1], a & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def uniform(shape, stream, counter):
    """U(0, 1) as a random node of that shape has it: word 0's upper 24 bits."""
    numbers = [(philox((e, STREAM_GRAPH + stream, counter, 0), (SEED, 0))[0] >> 8) * 2.0**-24
               for e in range(math.prod(shape))]
    return torch.tensor(numbers, dtype=torch.float64).reshape(shape)


# --- Objectives and penalties ---------------------------------------------------------------------

def average(r, f):
    return softplus(-(r - f.mean())).mean() + softplus(f - r.mean()).mean()


OBJECTIVES = {  # of D, of G; by D's logits of real and of generated samples
    "logistic": (lambda r, f: softplus(-r).mean() + softplus(f).mean(),
                 lambda r, f: -softplus(f).mean()),  # minimax
    "least-squares": (lambda r, f: ((r - 1)**2 / 2 + f**2 / 2).mean(),
                      lambda r, f: ((f - 1)**2 / 2).mean()),
    "wasserstein": (lambda r, f: f.mean() - r.mean(), lambda r, f: -f.mean()),
    "hinge": (lambda r, f: relu(1 - r).mean() + relu(1 + f).mean(), lambda r, f: -f.mean()),
    "relativistic-paired": (lambda r, f: softplus(f - r).mean(),
                            lambda r, f: softplus(r - f).mean()),
    "relativistic-average": (average, lambda r, f: average(f, r)),
}


def gradient(critic, points):
    points = points.detach().requires_grad_()
    return torch.autograd.grad(critic(points).sum(), points, create_graph=True)[0].flatten(1)


def make_points(game, real, fake, stream, counter):
    where = game.get("points", "interpolated")
    if where == "real":
        return real
    if where == "generated":
        return fake
    share = uniform((len(real),), stream, counter).reshape(-1, *[1] * (real.dim() - 1))
    if where == "interpolated":
        return real + share * (fake - real)
    noise = batch_first(uniform((*real.shape[1:], len(real)), stream + 1, counter))
    return real + share * game["deviation"] * real.std(correction=0) * noise


def penalty(game, critic, real, fake, streams, counter):
    total = game.get("r1", 0) / 2 * gradient(critic, real).square().sum(1).mean()
    total = total + game.get("r2", 0) / 2 * gradient(critic, fake).square().sum(1).mean()
    if "penalty" in game:
        at = make_points(game, real, fake.detach(), streams + STREAM_POINTS, counter)
        excess = gradient(critic, at).norm(dim=1) - game["target"]
        if game.get("one_sided"):
            excess = relu(excess)
        total = total + game["penalty"] * excess.square().mean()
    return total * game.get("every", 1)


# --- Games ----------------------------------------------------------------------------------------

class Play:
    """One game, step by step."""

    def __init__(self, game):
        self.game, self.g, self.d = game, game["generator"], game["discriminator"]
        fill(self.g, game["weights"])
        fill(self.d, game["weights"])
        every = game.get("every", 1)
        share = every / (every + 1) if game.get("apart") else 1
        self.steppers = (game["optimizer"](self.g.parameters(), 1),
                         game["optimizer"](self.d.parameters(), share))
        self.figures = ([], [])

    def fake(self, streams, counter):
        z = 2 * uniform((self.game["latent"], self.game["batch"]), streams + STREAM_LATENT,
                        counter) - 1
        return self.g(batch_first(z)).reshape(self.game["batch"], *self.game["sample"])

    def gradients(self, net, loss):
        return torch.autograd.grad(loss, list(net.parameters()), retain_graph=True)

    def update(self, player, gradients):
        net = (self.g, self.d)[player]
        for p, g in zip(net.parameters(), gradients):
            p.grad = g
        self.steppers[player].step()
        limit = self.game.get("clip_weights")
        if player == 1 and limit:
            with torch.no_grad():
                for p in net.parameters():
                    p.clamp_(-limit, limit)

    def note(self, player, loss, gradients, *means):
        norm = torch.sqrt(sum(g.square().sum() for g in gradients))
        self.figures[player].append(torch.stack([loss.detach(), *means, norm]))

    def discriminator_loss(self, real, fake, streams, counter, penalised):
        r, f = self.d(real), self.d(fake)
        loss = OBJECTIVES[self.game["kind"]][0](r, f)
        if penalised:
            loss = loss + penalty(self.game, self.d, real, fake, streams, counter)
        gradients = self.gradients(self.d, loss)
        self.note(1, loss, gradients, r.detach().sigmoid().mean(), f.detach().sigmoid().mean())
        return gradients

    def generator_loss(self, real, fake):
        loss = OBJECTIVES[self.game["kind"]][1](self.d(real), self.d(fake))
        gradients = self.gradients(self.g, loss)
        self.note(0, loss, gradients)
        return gradients

    def is_due(self, update):
        return update % self.game.get("every", 1) == 0

    def step(self, t):
        game, k = self.game, self.game.get("k", 1)
        joint = game.get("simultaneous", False)
        for i in range(k):
            update = t * k + i
            real = values((game["batch"], *game["sample"]), 10 + update)
            due, last = self.is_due(update), i == k - 1
            if joint and last:
                fake = self.fake(GENERATOR_STREAMS, t)
                by_d = self.discriminator_loss(real, fake, GENERATOR_STREAMS, t, due)
                by_g = self.generator_loss(real, fake)
                self.update(1, by_d)
                self.update(0, by_g)
                continue
            fake = self.fake(DISCRIMINATOR_STREAMS, update).detach()
            self.update(1, self.discriminator_loss(real, fake, DISCRIMINATOR_STREAMS, update,
                                                   due and not game.get("apart")))
            if game.get("apart") and due:
                fake = self.fake(PENALTY_STREAMS, update).detach()
                loss = penalty(game, self.d, real, fake, PENALTY_STREAMS, update)
                self.update(1, torch.autograd.grad(loss, list(self.d.parameters()),
                                                   allow_unused=True, materialize_grads=True))
        if not joint:
            self.update(0, self.generator_loss(real, self.fake(GENERATOR_STREAMS, t)))

    def write(self, file, name):
        file.write(f"case {name}\n")
        for prefix, net, figures in zip("gd", (self.g, self.d), self.figures):
            line(file, f"{prefix}_figures", torch.stack(figures).sum(0))
            for i, p in enumerate(net.parameters()):
                line(file, f"{prefix}_parameter{i}", p)


def adam(beta1, beta2, lr):
    return lambda p, share: torch.optim.Adam(p, lr=lr * share, betas=(beta1**share, beta2**share))


def dense(kind, **more):
    """What most cases are: two small networks of dense layers on two-dimensional samples. A last bias
    cancels in differences of logits; its gradient is a rounding error that Adam would blow up."""
    return {"kind": kind, "weights": 0.7, "latent": 3, "batch": 5, "sample": (2,),
            "generator": nn.Sequential(nn.Linear(3, 6), nn.LeakyReLU(0.2), nn.Linear(6, 2)),
            "discriminator": nn.Sequential(
                nn.Linear(2, 7), nn.Tanh(), nn.Linear(7, 5), nn.Softplus(),
                nn.Linear(5, 1, bias=not kind.startswith("relativistic"))),
            "optimizer": adam(0.5, 0.99, 0.01), **more}


def games():
    yield "wgan_gp", {
        "kind": "wasserstein", "weights": 0.2, "latent": 6, "batch": 4, "sample": (1, 28, 28),
        "k": 5, "penalty": 10, "target": 1, "optimizer": adam(0.5, 0.9, 1e-4),
        "generator": nn.Sequential(
            nn.Linear(6, 64), nn.ReLU(), nn.Unflatten(1, (4, 4, 4)),
            nn.ConvTranspose2d(4, 3, 5, 2, 2), nn.ReLU(), nn.ConvTranspose2d(3, 2, 5, 2, 2, 1),
            nn.ReLU(), nn.ConvTranspose2d(2, 1, 5, 2, 2, 1), nn.Sigmoid()),
        "discriminator": nn.Sequential(
            nn.Conv2d(1, 2, 5, 2, 2), nn.LeakyReLU(0.2), nn.Conv2d(2, 3, 5, 2, 2),
            nn.LeakyReLU(0.2), nn.Conv2d(3, 4, 5, 2, 2), nn.LeakyReLU(0.2), nn.Flatten(),
            nn.Linear(64, 1))}
    yield "wgan_clipped", dense("wasserstein", k=2, clip_weights=0.3,
                                optimizer=lambda p, _: torch.optim.RMSprop(p, lr=0.01))
    yield "hinge_lazy_r1", dense("hinge", r1=4, every=2)
    yield "least_squares_dragan", dense("least-squares", simultaneous=True, penalty=2, target=1,
                                        points="perturbed", deviation=0.5)
    yield "relativistic_paired_apart", dense("relativistic-paired", r1=3, r2=2, every=2,
                                             apart=True)
    yield "relativistic_average_zero_centred", dense("relativistic-average", simultaneous=True, k=2,
                                                     penalty=5, target=0, every=3)
    yield "minimax_one_sided", dense("logistic", penalty=3, target=0.2, one_sided=True,
                                     points="generated")


def main():
    with open(os.path.join(HERE, "gan_game.txt"), "w") as file:
        for name, game in games():
            play = Play(game)
            for t in range(STEPS):
                play.step(t)
            play.write(file, name)


if __name__ == "__main__":
    main()
