#!/usr/bin/env python3
"""Writes gan_encoder.txt: five training steps of the games of tests/gan/test_game.c that have an encoder
as a third player, by PyTorch in float64, as make_game.py does for those of two players.

    python3 tests/golden/make_encoder.py      (needs torch; the committed file is of torch 2)
"""

import math
import os

import torch
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from make_dcgan import line
from make_game import (DISCRIMINATOR_STREAMS, GENERATOR_STREAMS, OBJECTIVES, STEPS, STREAM_LATENT, Play,
                       adam, fill, ordered, statistics, uniform)
from make_nn import HERE, values


class Inference(Play):
    """A game whose encoder recovers codes or latents of generated samples."""

    def __init__(self, game):
        super().__init__(game)
        self.e = game["encoder"]
        fill(self.e, game["weights"])
        self.stepper = game["optimizer"](ordered(self.e), 1)
        self.e_figures = []
        self.categorical, self.continuous = game.get("categorical", (0, 0)), game.get("continuous", 0)
        self.hot = math.prod(self.categorical)

    def fake(self, streams, counter):
        """Noise, then one-hot codes, then continuous ones."""
        batch, stream = self.game["batch"], streams + STREAM_LATENT
        noise = self.game["latent"] - self.hot - self.continuous
        codes, categories = self.categorical
        drawn = (uniform((codes, batch), stream + 1, counter) * categories).floor().long()
        self.chosen = drawn.t()
        parts = [2 * uniform((noise, batch), stream, counter).t() - 1,
                 one_hot(self.chosen, max(categories, 1)).double().reshape(batch, self.hot),
                 2 * uniform((self.continuous, batch), stream + 2, counter).t() - 1]
        self.z = torch.cat(parts, 1)
        return self.g(self.z).reshape(batch, *self.game["sample"])

    # What the encoder says of generated samples: its cost, and bounds on information in nats.

    def bounds(self, answer):
        codes, categories = self.categorical
        categorical, continuous = torch.zeros(()), torch.zeros(())
        for code in range(codes):
            logits = answer[:, code * categories:(code + 1) * categories]
            categorical = categorical + math.log(categories) - cross_entropy(logits,
                                                                             self.chosen[:, code])
        if self.continuous:
            means = answer[:, self.hot:self.hot + self.continuous]
            deviations = torch.ones_like(means)
            if self.game.get("learned_deviation"):
                deviations = answer[:, self.hot + self.continuous:].exp()
            target = self.z[:, -self.continuous:]
            log_likelihood = torch.distributions.Normal(means, deviations).log_prob(target)
            continuous = self.continuous * math.log(2) + log_likelihood.sum(1).mean()
        return categorical, continuous

    def recover(self, features):
        answer = self.e(features).flatten(1)
        if self.game["learns"] == "latents":
            return (answer - self.z).square().mean() / 2, torch.zeros(()), torch.zeros(())
        categorical, continuous = self.bounds(answer)
        return -(categorical + self.game["continuous_weight"] * continuous), categorical, continuous

    def judge(self, fake):
        """D's logits of generated samples, and what the encoder recovers."""
        shares = self.game["shares"]
        features = self.d[:shares](fake)
        return self.d[shares:](features), self.recover(features if shares else fake)

    # One step.

    def note_encoder(self, cost, gradients, *bounds):
        norm = torch.sqrt(sum(g.square().sum() for g in gradients))
        self.e_figures.append(torch.stack([cost.detach(), *[b.detach() for b in bounds], norm]))

    def update_encoder(self, gradients):
        for p, g in zip(ordered(self.e), gradients):
            p.grad = g
        self.stepper.step()

    def of_discriminator(self, r, f, recovered):
        loss = OBJECTIVES[self.game["kind"]][0](r, f)
        if self.game["shares"]:
            loss = loss + self.game["weight"] * recovered[0]
        gradients = self.gradients(self.d, loss)
        self.note(1, loss, gradients, r.detach().sigmoid().mean(), f.detach().sigmoid().mean())
        return gradients

    def of_generator(self, f, recovered):
        loss = OBJECTIVES[self.game["kind"]][1](None, f) + self.game["generator_weight"] * recovered[0]
        gradients = self.gradients(self.g, loss)
        self.note(0, loss, gradients)
        return gradients

    def of_encoder(self, recovered):
        cost = self.game["weight"] * recovered[0]
        gradients = self.gradients(self.e, cost)
        self.note_encoder(cost, gradients, *recovered[1:])
        return gradients

    def step(self, t):
        k, joint = self.game.get("k", 1), self.game.get("simultaneous", False)
        for i in range(k):
            update = t * k + i
            real = values((self.game["batch"], *self.game["sample"]), 10 + update)
            together = joint and i == k - 1
            fake = (self.fake(GENERATOR_STREAMS, t) if together
                    else self.given(DISCRIMINATOR_STREAMS, update))
            r = self.d(real)
            f, recovered = self.judge(fake)
            gradients = self.of_discriminator(r, f, recovered), self.of_encoder(recovered)
            by_g = self.of_generator(f, recovered) if together else None
            self.update(1, gradients[0])
            self.update_encoder(gradients[1])
            if by_g:
                self.update(0, by_g)
        if not joint:
            f, recovered = self.judge(self.fake(GENERATOR_STREAMS, t))
            self.update(0, self.of_generator(f, recovered))

    def write(self, file, name):
        super().write(file, name)
        line(file, "e_figures", torch.stack(self.e_figures).sum(0))
        for i, p in enumerate(ordered(self.e)):
            line(file, f"e_parameter{i}", p)
        for i, b in enumerate(statistics(self.e)):
            line(file, f"e_buffer{i}", b)


class Pair(nn.Module):
    """A discriminator of samples with the latents that are set beside them: those first."""

    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(torch.cat([self.z, x], 1))


class Joint(Inference):
    """A game whose discriminator judges pairs of samples and latents; the encoder is updated with G."""

    def pair(self, x, z):
        self.d.z = z
        return self.d(x)

    def encoded(self, real, keeps):
        """E(x); its running statistics are those of its own updates."""
        before = [b.clone() for b in statistics(self.e)]
        z = self.e(real)
        for b, kept in zip(statistics(self.e), before):
            if not keeps:
                b.copy_(kept)
        return z

    def of_discriminator(self, r, f):
        return super().of_discriminator(r, f, None)

    def of_players(self, r, f):
        """Gradients of G and of E: what fools D of generated pairs, and of real ones."""
        relativistic = self.game["kind"].startswith("relativistic")
        cost = OBJECTIVES[self.game["kind"]][1]
        of_g = cost(r, f)
        of_e = of_g if relativistic else cost(None, -r)
        by_g, by_e = self.gradients(self.g, of_g), self.gradients(self.e, of_e)
        self.note(0, of_g, by_g)
        self.note_encoder(of_e, by_e, torch.zeros(()), torch.zeros(()))
        return by_g, by_e

    def update_players(self, by_g, by_e):
        self.update(0, by_g)
        self.update_encoder(by_e)

    def step(self, t):
        k, joint = self.game.get("k", 1), self.game.get("simultaneous", False)
        for i in range(k):
            update = t * k + i
            real = values((self.game["batch"], *self.game["sample"]), 10 + update)
            together = joint and i == k - 1
            fake = (self.fake(GENERATOR_STREAMS, t) if together
                    else self.given(DISCRIMINATOR_STREAMS, update))
            r = self.pair(real, self.encoded(real, together))
            f = self.pair(fake, self.z)
            gradients = self.of_discriminator(r, f)
            others = self.of_players(r, f) if together else None
            self.update(1, gradients)
            if others:
                self.update_players(*others)
        if not joint:
            f = self.pair(self.fake(GENERATOR_STREAMS, t), self.z)
            r = self.pair(real, self.encoded(real, True))
            self.update_players(*self.of_players(r, f))


def games():
    def generator(latent):
        return nn.Sequential(nn.Linear(latent, 6, bias=False), nn.BatchNorm1d(6), nn.LeakyReLU(0.2),
                             nn.Linear(6, 2))

    def plain():
        return nn.Sequential(nn.Linear(2, 7), nn.Tanh(), nn.Linear(7, 1))

    common = {"weights": 0.7, "batch": 6, "sample": (2,), "optimizer": adam(0.5, 0.99, 0.01)}
    yield "codes_of_features", Inference({
        **common, "kind": "logistic", "learns": "codes", "latent": 7, "categorical": (1, 3),
        "continuous": 2, "k": 2, "shares": 5, "weight": 0.7, "generator_weight": 0.4,
        "continuous_weight": 0.3, "generator": generator(7),
        "discriminator": nn.Sequential(nn.Linear(2, 7), nn.Tanh(), nn.Linear(7, 5, bias=False),
                                       nn.BatchNorm1d(5), nn.LeakyReLU(0.2), nn.Linear(5, 1)),
        "encoder": nn.Sequential(nn.Linear(5, 4, bias=False), nn.BatchNorm1d(4), nn.LeakyReLU(0.2),
                                 nn.Linear(4, 5))})
    yield "codes_with_deviations", Inference({
        **common, "kind": "least-squares", "learns": "codes", "latent": 7, "categorical": (2, 3),
        "continuous": 1, "learned_deviation": True, "simultaneous": True, "shares": 0, "weight": 1,
        "generator_weight": 1, "continuous_weight": 1, "generator": generator(7),
        "discriminator": plain(),
        "encoder": nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 8))})
    yield "latents", Inference({
        **common, "kind": "least-squares", "learns": "latents", "latent": 3, "shares": 0, "weight": 2,
        "generator_weight": 0.25, "generator": generator(3), "discriminator": plain(),
        "encoder": nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 3))})
    yield "joint", Joint({
        **common, "kind": "logistic", "latent": 3, "k": 2, "shares": 0, "generator": generator(3),
        "discriminator": Pair(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 5, bias=False),
                              nn.BatchNorm1d(5), nn.LeakyReLU(0.2), nn.Linear(5, 1)),
        "encoder": nn.Sequential(nn.Linear(2, 6, bias=False), nn.BatchNorm1d(6), nn.LeakyReLU(0.2),
                                 nn.Linear(6, 3), nn.Tanh())})
    yield "joint_relativistic", Joint({
        **common, "kind": "relativistic-paired", "latent": 3, "shares": 0, "simultaneous": True,
        "generator": generator(3),
        "discriminator": Pair(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 1, bias=False)),
        "encoder": nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 3))})


def main():
    with open(os.path.join(HERE, "gan_encoder.txt"), "w") as file:
        for name, play in games():
            for t in range(STEPS):
                play.step(t)
            play.write(file, name)


if __name__ == "__main__":
    main()
