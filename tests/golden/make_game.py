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
from torch.nn import functional as F
from torch.nn.functional import cross_entropy, relu, softplus
from torch.nn.utils import parametrizations, parametrize

from make_dcgan import line
from make_nn import (HERE, Blur, ConditionalNorm, Embedding, Equalized, MinibatchStddev,
                     Modulated, PixelNorm, Pool, Projection, Residual as Block, batch_first, blur,
                     spectral, values)

STEPS, SEED = 5, 7
STREAM_GRAPH, STREAM_LATENT, STREAM_GENERATOR, STREAM_POINTS = 256, 0, 1 << 12, 4 << 12
STREAM_AUGMENT_REAL, STREAM_AUGMENT_FAKE = 6 << 12, 7 << 12
STREAM_CONSISTENT_REAL, STREAM_CONSISTENT_FAKE = 8 << 12, 9 << 12
STREAM_LABELS = 10 << 12
STREAM_REAL, STREAM_FAKE, STREAM_LABELLED = 2 << 12, 3 << 12, 14 << 12
AUGMENT_STREAMS = 64
DISCRIMINATOR_STREAMS, GENERATOR_STREAMS, PENALTY_STREAMS = 0, 1 << 16, 2 << 16
PATH_STREAMS = 3 << 16


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


def normal(shape, stream, counter):
    """N(0, 1) by Box and Muller from words 0 and 1, rounded to float32."""
    numbers = []
    for e in range(math.prod(shape)):
        words = philox((e, STREAM_GRAPH + stream, counter, 0), (SEED, 0))
        u, v = ((words[0] >> 8) + 1) * 2.0**-24, (words[1] >> 8) * 2.0**-24
        numbers.append(math.sqrt(-2 * math.log(u)) * math.cos(2 * math.pi * v))
    return torch.tensor(numbers, dtype=torch.float32).double().reshape(shape)


# --- Networks -------------------------------------------------------------------------------------

class Residual(nn.Module):
    def __init__(self, layers, skip=None):
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self.skip = nn.Sequential(*skip or [])

    def forward(self, x):
        return self.layers(x) + self.skip(x)


class SumPool(nn.Module):
    def forward(self, x):
        return x.sum((2, 3))


def leaves(net):
    return [m for m in net.modules()
            if (m._parameters or parametrize.is_parametrized(m))
            and not isinstance(m, parametrize.ParametrizationList)]


def ordered(net):
    """Layer by layer, each its weight and its bias."""
    parameters = []
    for m in leaves(net):
        if parametrize.is_parametrized(m):
            parameters.append(m.parametrizations.weight.original)
        parameters += [p for p in m._parameters.values() if p is not None]
    return parameters


def statistics(net):
    """Layer by layer: running mean and variance, or the singular vectors of a spectral norm."""
    buffers = []
    for m in leaves(net):
        if parametrize.is_parametrized(m):
            buffers += [m.parametrizations.weight[0]._u, m.parametrizations.weight[0]._v]
        buffers += [b for n, b in m._buffers.items() if "running" in n or n == "plane"]
    return buffers


def fill(net, scale):
    """Parameters and statistics by formula: variances and means about 1, singular vectors of norm
    1."""
    with torch.no_grad():
        for i, p in enumerate(ordered(net)):
            p.copy_(values(p.shape, i + 1, scale))
        vectors = {id(b) for m in leaves(net) if parametrize.is_parametrized(m)
                   for b in m.parametrizations.weight[0].buffers()}
        for i, b in enumerate(statistics(net)):
            drawn = values(b.shape, 50 + i, 0.3)
            b.copy_(drawn / drawn.norm() if id(b) in vectors else drawn + 1)


# --- Augmentation ---------------------------------------------------------------------------------

def moved(image, by, axis):
    """Pixel i is what pixel i + by was; 0 where there was none."""
    size = image.shape[axis]
    columns = [image.narrow(axis, i + by, 1) if 0 <= i + by < size
               else torch.zeros_like(image.narrow(axis, 0, 1)) for i in range(size)]
    return torch.cat(columns, axis)


def augment(settings, p, x, stream, counter):
    """One image after the other, as gan/augment.h has it; p None: always."""
    draws = iter([uniform((len(x),), stream + i, counter) for i in range(AUGMENT_STREAMS)])

    def chosen():
        drawn = next(draws)
        return torch.ones(len(x)) if p is None else (drawn < p).double()

    def amount(size):
        gate = chosen()
        return (gate * (2 * size * next(draws) - size)).reshape(-1, 1, 1, 1)

    height, width = x.shape[2:]
    if "flip" in settings:
        gate = chosen() * (next(draws) < 0.5)
        x = torch.stack([i.flip(2) if g else i for i, g in zip(x, gate)])
    if "brightness" in settings:
        x = x + amount(settings["brightness"])
    if "saturation" in settings:
        mean = x.mean(1, keepdim=True)
        x = mean + (1 + amount(settings["saturation"])) * (x - mean)
    if "contrast" in settings:
        mean = x.mean((1, 2, 3), keepdim=True)
        x = mean + (1 + amount(settings["contrast"])) * (x - mean)
    if "translation" in settings:
        gate = chosen()
        for axis, size in ((1, height), (2, width)):
            most = int(size * settings["translation"] + 0.5)
            by = gate * (torch.floor(next(draws) * (2 * most + 1)) - most)
            x = torch.stack([moved(i, int(d), axis) for i, d in zip(x, by)])
    if "cutout" in settings:
        gate = chosen()
        first = []
        for size in (height, width):
            n = int(size * settings["cutout"] + 0.5)
            first.append((torch.floor(next(draws) * (size + 1 - n % 2)) - n // 2, n))
        mask = torch.ones_like(x)
        for b in range(len(x)):
            (top, rows), (left, columns) = ((int(f[b]), n) for f, n in first)
            if gate[b]:
                mask[b, :, max(top, 0):max(top + rows, 0), max(left, 0):max(left + columns, 0)] = 0
        x = x * mask
    return x


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
    """`critic` shows D its samples augmented, by kind; the norm's own points are shown plainly."""
    total = torch.zeros(())
    for name, kind, points in (("r1", "real", real), ("r2", "fake", fake)):
        if name in game:
            at = gradient(critic(kind), points).square().sum(1).mean()
            total = total + game[name] / 2 * at
    if "penalty" in game:
        at = make_points(game, real, fake.detach(), streams + STREAM_POINTS, counter)
        excess = gradient(critic(None), at).norm(dim=1) - game["target"]
        if game.get("one_sided"):
            excess = relu(excess)
        total = total + game["penalty"] * excess.square().mean()
    return total * game.get("every", 1)


# --- Labels ---------------------------------------------------------------------------------------

class Labelled(nn.Module):
    """A layer that looks at the labels of what its network is applied to."""

    labels = None

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x, Labelled.labels)


class OneHot(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.classes = classes

    def forward(self, x, labels):
        return torch.nn.functional.one_hot(labels, self.classes).to(x.dtype)


class Beside(nn.Module):
    """What the layer makes of x, and x behind it."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return torch.cat([self.layer(x), x], 1)


# --- Styles ---------------------------------------------------------------------------------------

class PixelNoise(nn.Module):
    """In training: noise of layer `number` of all, the same to all channels of a pixel."""

    at = (0, 0)  # streams of the step, its counter

    def __init__(self, number, height, width):
        super().__init__()
        self.number = number
        self.strength = nn.Parameter(torch.zeros(1))
        self.register_buffer("plane", torch.zeros(height, width))

    def forward(self, x):
        streams, counter = PixelNoise.at
        drawn = normal((1, *x.shape[2:], len(x)), streams + STREAM_GENERATOR + self.number, counter)
        return x + self.strength * batch_first(drawn)


def equalized(inner, lr=1, **settings):
    def apply(x, weight, bias):
        function = F.conv2d if isinstance(inner, nn.Conv2d) else F.linear
        return function(x, weight, bias, **settings)
    return Equalized(inner, 1, lr, apply)


class Synthesis(nn.Module):
    """StyleGAN2's generator of 4x4 pictures. Layers are numbered as in the recipe of
    tests/gan/test_game.c, those in the condition after itself."""

    def __init__(self):
        super().__init__()
        self.mapping = nn.Sequential(PixelNorm(), equalized(nn.Linear(3, 4), 0.5),
                                     nn.LeakyReLU(0.2))
        self.constant = nn.ParameterList([nn.Parameter(torch.zeros(3, 2, 2))])
        self.small = Modulated(3, 3, 3, 4, equalized=True)
        self.small_noise = PixelNoise(6, 2, 2)
        self.small_image = Modulated(3, 2, 1, 4, demodulate=False, equalized=True)
        self.large = Modulated(3, 3, 3, 4, up=True, equalized=True)
        self.large_noise = PixelNoise(14, 4, 4)
        self.large_image = Modulated(3, 2, 1, 4, demodulate=False, equalized=True)

    def forward(self, z):
        self.w = w = self.mapping(z)
        x = self.constant[0].expand(len(z), 3, 2, 2)
        x = math.sqrt(2) * F.leaky_relu(self.small_noise(self.small(x, w)), 0.2)
        image = blur(F.interpolate(self.small_image(x, w), scale_factor=2), 3, 1)
        x = math.sqrt(2) * F.leaky_relu(self.large_noise(self.large(x, w)), 0.2)
        return self.large_image(x, w) + image


# --- Tokens ---------------------------------------------------------------------------------------

class Tokens(nn.Module):
    """Layer `number`: one-hot along the channels, drawn by softmax(x) by inversion."""

    def __init__(self, number):
        super().__init__()
        self.number = number

    def forward(self, x):
        streams, counter = PixelNoise.at
        drawn = uniform((*x.shape[2:], len(x)), streams + STREAM_GENERATOR + self.number, counter)
        passed = x.detach().softmax(1).cumsum(1) <= batch_first(drawn).unsqueeze(1)
        tokens = passed.sum(1).clamp(max=x.shape[1] - 1)
        policy = torch.distributions.Categorical(logits=x.movedim(1, -1))
        self.log_probability = policy.log_prob(tokens).flatten(1).sum(1)
        return F.one_hot(tokens, x.shape[1]).movedim(-1, 1).to(x.dtype)


# --- Games ----------------------------------------------------------------------------------------

class Play:
    """One game, step by step."""

    def __init__(self, game):
        self.game, self.g, self.d = game, game["generator"], game["discriminator"]
        fill(self.g, game["weights"])
        fill(self.d, game["weights"])
        every = game.get("every", 1)
        share = every / (every + 1) if game.get("apart") else 1
        lazily = game["path"][2] / (game["path"][2] + 1) if "path" in game else 1
        self.steppers = (game["optimizer"](ordered(self.g), lazily),
                         game["optimizer"](ordered(self.d), share))
        self.figures = ([], [])
        self.updates = [0, 0]
        self.batches = 0
        self.adaptive = "target" in game.get("augment", {})
        self.state = [0.0, 0.0, 0]  # of the augmentation that adapts
        self.anchors = None
        self.path_length = 0.0
        self.baseline = 0.0
        self.history = [[torch.zeros_like(p) for p in ordered(net)] for net in (self.g, self.d)]

    def fake(self, streams, counter):
        z = 2 * uniform((self.game["latent"], self.game["batch"]), streams + STREAM_LATENT,
                        counter) - 1
        self.label("fake", streams, counter)
        PixelNoise.at = (streams, counter)
        return self.g(batch_first(z)).reshape(self.game["batch"], *self.game["sample"])

    def given(self, streams, counter):
        """Samples for an update of D: G's running statistics are those of its own updates."""
        before = [b.clone() for b in statistics(self.g)]
        fake = self.fake(streams, counter).detach()
        for b, kept in zip(statistics(self.g), before):
            b.copy_(kept)
        return fake

    def label(self, kind, streams, counter):
        """Sets the labels that layers see: the data's, or those that samples are asked for."""
        batch, classes = self.game["batch"], self.game.get("classes")
        if classes and kind == "real":
            Labelled.labels = (torch.arange(batch) + self.batches - 1) % classes
        if classes and kind == "fake":
            drawn = uniform((batch,), streams + STREAM_LABELS, counter)
            Labelled.labels = (drawn * classes).floor().long()

    def shown(self, x, kind, streams, counter):
        """What D sees of real or generated samples."""
        self.label(kind, streams, counter)
        stream = streams + {"real": STREAM_AUGMENT_REAL, "fake": STREAM_AUGMENT_FAKE}[kind]
        if "augment" in self.game and "consistency" not in self.game:
            x = self.augmented(x, stream, counter)
        if "noise" in self.game:
            start, ramp = self.game["noise"]
            size = start * (1 - min(max((self.updates[0] - ramp[0]) / (ramp[1] - ramp[0]), 0), 1))
            noise = normal((*x.shape[1:], len(x)), stream + AUGMENT_STREAMS, counter)
            x = x + size * batch_first(noise)
        return x

    def augmented(self, x, stream, counter):
        p = self.state[0] if self.adaptive else self.game["augment"].get("probability")
        return augment(self.game["augment"], p, x, stream, counter)

    def adapt(self, r):
        settings = self.game["augment"]
        p, signs, count = self.state
        signs, count = signs + r.detach().sign().mean().item(), count + 1
        if count == settings["every"]:
            change = settings["every"] * self.game["batch"] / settings["images"]
            p += change * ((signs / count > settings["target"]) - (signs / count < settings["target"]))
            p, signs, count = min(max(p, 0.0), 1.0), 0.0, 0
        self.state = [p, signs, count]

    def consistency(self, real, fake, streams, counter):
        total = 0
        for x, stream, weight in zip((real, fake.detach()),
                                     (STREAM_CONSISTENT_REAL, STREAM_CONSISTENT_FAKE),
                                     self.game["consistency"]):
            changed = self.augmented(x, streams + stream, counter)
            total = total + weight * (self.d(x) - self.d(changed)).square().mean()
        return total

    def lecam(self, r, f):
        now = [r.mean().detach(), f.mean().detach()]
        if self.anchors is None:
            self.anchors = now
        at_real, at_fake = self.anchors
        self.anchors = [0.9 * a + 0.1 * n for a, n in zip(self.anchors, now)]
        return self.game["lecam"] * (relu(r - at_fake).square().mean() +
                                     relu(at_real - f).square().mean())

    def averaging(self, player):
        """The pull towards the mean of all parameters so far, these included."""
        parameters = ordered((self.g, self.d)[player])
        self.history[player] = [h + (p.detach() - h) / (self.updates[player] + 1)
                                for h, p in zip(self.history[player], parameters)]
        return self.game["historical"] * sum((p - h).square().sum() for p, h in
                                             zip(parameters, self.history[player]))

    def gradients(self, net, loss):
        return torch.autograd.grad(loss, ordered(net), retain_graph=True)

    def update(self, player, gradients):
        net = (self.g, self.d)[player]
        for p, g in zip(ordered(net), gradients):
            p.grad = g
        self.steppers[player].step()
        self.updates[player] += 1
        limit = self.game.get("clip_weights")
        if player == 1 and limit:
            with torch.no_grad():
                for p in ordered(net):
                    p.clamp_(-limit, limit)

    def note(self, player, loss, gradients, *means):
        norm = torch.sqrt(sum(g.square().sum() for g in gradients))
        self.figures[player].append(torch.stack([loss.detach(), *means, norm]))

    def discriminator_loss(self, real, fake, streams, counter, penalised):
        r = self.d(self.shown(real, "real", streams, counter))
        f = self.d(self.shown(fake, "fake", streams, counter))
        loss = OBJECTIVES[self.game["kind"]][0](r, f)
        if "consistency" in self.game:
            loss = loss + self.consistency(real, fake, streams, counter)
        if "lecam" in self.game:
            loss = loss + self.lecam(r, f)
        if "historical" in self.game:
            loss = loss + self.averaging(1)
        if penalised and {"r1", "r2", "penalty"} & set(self.game):
            loss = loss + self.penalty(real, fake, streams, counter)
        if self.adaptive:
            self.adapt(r)
        gradients = self.gradients(self.d, loss)
        self.note(1, loss, gradients, r.detach().sigmoid().mean(), f.detach().sigmoid().mean())
        return gradients

    def penalty(self, real, fake, streams, counter):
        def critic(kind):
            return self.d if kind is None else lambda x: self.d(
                self.shown(x, kind, streams, counter))
        return penalty(self.game, critic, real, fake, streams, counter)

    def features(self, x):
        """Before the last layer that has weights."""
        for layer in list(self.d)[:-1]:
            x = layer(x)
        return x

    def estimated(self, r, f):
        """The mean cost, with the gradient of REINFORCE (Williams 1992): each sample's cost less a
        moving average of the batches before."""
        cost, decay = OBJECTIVES[self.game["kind"]][1], self.game["reinforce"]
        each = torch.stack([cost(None if r is None else r[i], f[i]) for i in range(len(f))]).detach()
        estimate = ((each - self.baseline) * self.g[-1].log_probability).mean()
        before = decay * self.baseline if self.updates[0] else decay * each.mean().item()
        self.baseline = before + (1 - decay) * each.mean().item()
        return each.mean() + estimate - estimate.detach()

    def generator_loss(self, real, fake, counter):
        """D is asked for real samples, after the others, only where the cost depends on them."""
        real = self.shown(real, "real", GENERATOR_STREAMS, counter)
        fake = self.shown(fake, "fake", GENERATOR_STREAMS, counter)
        f = self.d(fake)
        asks = self.game["kind"].startswith("relativistic") or "regularization" in self.game
        r = self.d(real) if asks else None
        loss = self.game.get("generator_scale", 1) * OBJECTIVES[self.game["kind"]][1](r, f)
        if "reinforce" in self.game:
            loss = self.estimated(r, f)
        if "matching" in self.game:
            difference = self.features(real).mean(0).detach() - self.features(fake).mean(0)
            loss = loss + self.game["matching"] * difference.square().mean()
        if "regularization" in self.game:
            by_d = torch.autograd.grad(OBJECTIVES[self.game["kind"]][0](r, f),
                                       ordered(self.d), create_graph=True)
            squares = sum(g.square().sum() for g in by_d)
            loss = loss + self.game["regularization"] / 2 * squares
        if "historical" in self.game:
            loss = loss + self.averaging(0)
        gradients = self.gradients(self.g, loss)
        self.note(0, loss, gradients)
        return gradients

    def path(self, t):
        """StyleGAN2's path length regulariser, with one w for all layers."""
        weight, decay, every, shrink = self.game["path"]
        count = self.game["batch"] // shrink
        PixelNoise.at = (PATH_STREAMS, t)
        z = 2 * uniform((self.game["latent"], count), PATH_STREAMS + STREAM_LATENT, t) - 1
        fake = self.g(batch_first(z))
        noise = batch_first(normal((*fake.shape[1:], count), PATH_STREAMS + STREAM_POINTS, t))
        noise = noise / math.sqrt(fake.shape[2] * fake.shape[3])
        (by_w,) = torch.autograd.grad((fake * noise).sum(), self.g.w, create_graph=True)
        lengths = by_w.norm(dim=1)
        mean = decay * self.path_length + (1 - decay) * lengths.mean()
        loss = weight * every * (lengths - mean).square().mean()
        self.path_length = mean.item()
        self.update(0, torch.autograd.grad(loss, ordered(self.g), allow_unused=True,
                                           materialize_grads=True))

    def is_due(self, update):
        return update % self.game.get("every", 1) == 0

    def step(self, t):
        game, k = self.game, self.game.get("k", 1)
        joint = game.get("simultaneous", False)
        for i in range(k):
            update = t * k + i
            real = values((game["batch"], *game["sample"]), 10 + update)
            self.batches += 1
            due, last = self.is_due(update), i == k - 1
            if joint and last:
                fake = self.fake(GENERATOR_STREAMS, t)
                by_d = self.discriminator_loss(real, fake, GENERATOR_STREAMS, t, due)
                by_g = self.generator_loss(real, fake, t)
                self.update(1, by_d)
                self.update(0, by_g)
                continue
            fake = self.given(DISCRIMINATOR_STREAMS, update)
            self.update(1, self.discriminator_loss(real, fake, DISCRIMINATOR_STREAMS, update,
                                                   due and not game.get("apart")))
            if game.get("apart") and due:
                fake = self.given(PENALTY_STREAMS, update)
                loss = self.penalty(real, fake, PENALTY_STREAMS, update)
                self.update(1, torch.autograd.grad(loss, ordered(self.d),
                                                   allow_unused=True, materialize_grads=True))
        if not joint:
            self.update(0, self.generator_loss(real, self.fake(GENERATOR_STREAMS, t), t))
        if "path" in game and t % game["path"][2] == 0:
            self.path(t)

    def write(self, file, name):
        file.write(f"case {name}\n")
        if self.adaptive:
            line(file, "augmentation", torch.tensor(self.state))
        if self.anchors:
            line(file, "anchors", torch.stack(self.anchors))
        if "path" in self.game:
            line(file, "path_length", torch.tensor([self.path_length]))
        if "reinforce" in self.game:
            line(file, "baseline", torch.tensor([self.baseline]))
        for prefix, net, figures in zip("gd", (self.g, self.d), self.figures):
            line(file, f"{prefix}_figures", torch.stack(figures).sum(0))
            for i, p in enumerate(ordered(net)):
                line(file, f"{prefix}_parameter{i}", p)
            for i, b in enumerate(statistics(net)):
                line(file, f"{prefix}_buffer{i}", b)


class Noise(nn.Module):
    """N(0, deviation^2) on what layer `number` gets, from the stream of the application it is in."""

    stream = counter = None

    def __init__(self, deviation, number):
        super().__init__()
        self.deviation, self.number = deviation, number

    def forward(self, x):
        drawn = normal((*x.shape[1:], len(x)), Noise.stream + self.number, Noise.counter)
        return x + self.deviation * batch_first(drawn)


class ClassPlay(Play):
    """A discriminator that tells classes apart: alone, with the class of generated samples implied,
    or beside its judgement."""

    def __init__(self, game):
        super().__init__(game)
        self.errors = 0.0
        self.average = [p.detach().clone() for p in ordered(self.d)]

    def ask(self, x, stream, counter):
        """The logit of being real and the logits of the classes, and the features before them."""
        Noise.stream, Noise.counter = stream, counter
        features = self.features(x)
        logits = self.d[-1](features)
        if self.game["classifier"] == "auxiliary":
            return logits[:, :1], logits[:, 1:], features
        return logits.logsumexp(1, keepdim=True), logits, features

    def asked(self, streams, counter):
        drawn = uniform((self.game["batch"],), streams + STREAM_LABELS, counter)
        return (drawn * self.game["classes"]).floor().long()

    def labelled(self, real_classes, streams, counter):
        """Logits of the classes of samples whose labels are used, and those."""
        first = self.batches - 1
        if self.game["classifier"] != "implicit":
            return real_classes, (torch.arange(self.game["batch"]) + first) % self.game["classes"]
        x = values((self.game["batch"], *self.game["sample"]), 30 + first)
        labels = (torch.arange(self.game["batch"]) + 2 * first) % self.game["classes"]
        return self.ask(x, streams + STREAM_LABELLED, counter)[1], labels

    def discriminator_loss(self, real, fake, streams, counter, penalised):
        alone, scale = self.game["classifier"] == "alone", self.game.get("discriminator_scale", 1)
        means = (torch.zeros(()), torch.zeros(()))
        loss = 0
        if self.game["classifier"] == "auxiliary":  # D answers sample by sample: both at once
            both, classes, _ = self.ask(torch.cat([real, fake]), streams + STREAM_REAL, counter)
            (r, f), (real_classes, fake_classes) = both.chunk(2), classes.chunk(2)
        else:
            r, real_classes, _ = self.ask(real, streams + STREAM_REAL, counter)
        if self.game["classifier"] == "implicit":
            f = self.ask(fake, streams + STREAM_FAKE, counter)[0]
        if not alone:
            loss = scale * (softplus(-r).mean() + softplus(f).mean())
            means = (r.detach().sigmoid().mean(), f.detach().sigmoid().mean())
        logits, labels = self.labelled(real_classes, streams, counter)
        loss = loss + self.game["classification"] * cross_entropy(logits, labels)
        if self.game["classifier"] == "auxiliary":
            loss = loss + self.game["classification"] * cross_entropy(fake_classes,
                                                                      self.asked(streams, counter))
        self.errors += (logits.argmax(1) != labels).double().mean().item()
        gradients = self.gradients(self.d, loss)
        self.note(1, loss, gradients, *means)
        return gradients

    def generator_loss(self, real, fake, counter):
        f, classes, features = self.ask(fake, GENERATOR_STREAMS + STREAM_FAKE, counter)
        if "matching" in self.game:
            at_real = self.ask(real, GENERATOR_STREAMS + STREAM_REAL, counter)[2]
            difference = at_real.mean(0).detach() - features.mean(0)
            loss = self.game["matching"] * difference.square().mean()
        else:
            loss = softplus(-f).mean() + self.game["classification"] * cross_entropy(
                classes, self.asked(GENERATOR_STREAMS, counter))
        gradients = self.gradients(self.g, loss)
        self.note(0, loss, gradients)
        return gradients

    def update(self, player, gradients):
        super().update(player, gradients)
        if player == 1:
            self.average = [0.9 * a + 0.1 * p.detach() for a, p in zip(self.average, ordered(self.d))]

    def step(self, t):
        if self.game["classifier"] != "alone":
            super().step(t)
            return
        self.batches += 1
        real = values((self.game["batch"], *self.game["sample"]), 10 + t)
        self.update(1, self.discriminator_loss(real, None, DISCRIMINATOR_STREAMS, t, False))

    def write(self, file, name):
        if self.game["classifier"] == "alone":
            self.figures[0].append(torch.zeros(2))
        super().write(file, name)
        line(file, "errors", torch.tensor([self.errors]))
        for i, p in enumerate(self.average):
            line(file, f"average{i}", p)


def adam(beta1, beta2, lr):
    return lambda p, share: torch.optim.Adam(p, lr=lr * share, betas=(beta1**share, beta2**share))


def dense(kind, **more):
    """What most cases are: two small networks of dense layers on two-dimensional samples. A last bias
    cancels in differences of logits, and in hinge costs within their margins; its gradient is then a
    rounding error that Adam would blow up."""
    return {"kind": kind, "weights": 0.7, "latent": 3, "batch": 5, "sample": (2,),
            "generator": nn.Sequential(nn.Linear(3, 6), nn.LeakyReLU(0.2), nn.Linear(6, 2)),
            "discriminator": nn.Sequential(
                nn.Linear(2, 7), nn.Tanh(), nn.Linear(7, 5), nn.Softplus(),
                nn.Linear(5, 1, bias=not kind.startswith("relativistic"))),
            "optimizer": adam(0.5, 0.99, 0.01), **more}


def pictures(kind, **more):
    """Two small networks on colour pictures, for what augmentation does to them."""
    return {"kind": kind, "weights": 0.4, "latent": 3, "batch": 6, "sample": (3, 6, 5),
            "generator": nn.Sequential(nn.Linear(3, 90), nn.Tanh(), nn.Unflatten(1, (3, 6, 5))),
            "discriminator": nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), nn.Tanh(), nn.Flatten(),
                                           nn.Linear(36, 1, bias=False)),
            "optimizer": adam(0.5, 0.99, 0.01), **more}


def residual():
    """A generator and a discriminator as models/cifar-sngan.yaml has them, of few channels. Biases
    before batch norm, whose gradients are 0, are left out."""
    def up(inputs):
        return Residual([nn.BatchNorm2d(inputs), nn.ReLU(), nn.Upsample(scale_factor=2),
                         nn.Conv2d(inputs, 4, 3, 1, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU(),
                         nn.Conv2d(4, 4, 3, 1, 1, bias=False)],
                        [nn.Upsample(scale_factor=2), nn.Conv2d(inputs, 4, 1, bias=False)])

    norm = parametrizations.spectral_norm
    g = nn.Sequential(nn.Linear(3, 20), nn.Unflatten(1, (5, 2, 2)), up(5), up(4),
                      nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 3, 3, 1, 1), nn.Tanh())
    d = nn.Sequential(
        Residual([norm(nn.Conv2d(3, 4, 3, 1, 1)), nn.ReLU(), norm(nn.Conv2d(4, 4, 3, 1, 1)),
                  nn.AvgPool2d(2)], [nn.AvgPool2d(2), norm(nn.Conv2d(3, 4, 1))]),
        Residual([nn.ReLU(), norm(nn.Conv2d(4, 4, 3, 1, 1)), nn.ReLU(),
                  norm(nn.Conv2d(4, 4, 3, 1, 1))]),
        nn.ReLU(), SumPool(), norm(nn.Linear(4, 1, bias=False)))
    return {"kind": "hinge", "weights": 0.3, "latent": 3, "batch": 5, "sample": (3, 8, 8), "k": 2,
            "generator": g, "discriminator": d, "optimizer": adam(0.0, 0.9, 2e-4)}


def conditional():
    """A generator with labels, and a residual discriminator under spectral norm that projects them."""
    inner = nn.Sequential(nn.ReLU(), spectral(nn.Conv2d(4, 6, 3, 1, 1)), nn.ReLU(),
                          spectral(nn.Conv2d(6, 6, 3, 1, 1)), nn.AvgPool2d(2))
    skip = nn.Sequential(spectral(nn.Conv2d(4, 6, 1)), nn.AvgPool2d(2))
    last = Projection(6, spectral)
    last.linear = spectral(nn.Linear(6, 1, bias=False))
    return {"kind": "hinge", "weights": 0.4, "latent": 3, "batch": 4, "sample": (2, 4, 4), "k": 2,
            "classes": 3, "optimizer": adam(0.0, 0.9, 1e-3),
            "generator": nn.Sequential(
                Beside(Labelled(Embedding(2))), nn.Linear(5, 32, bias=False),
                nn.Unflatten(1, (8, 2, 2)),
                Labelled(ConditionalNorm(nn.BatchNorm2d(8, affine=False), 8)), nn.ReLU(),
                nn.Upsample(scale_factor=2), nn.Conv2d(8, 2, 3, 1, 1), nn.Tanh()),
            "discriminator": nn.Sequential(
                spectral(nn.Conv2d(2, 4, 3, 1, 1)), Block(inner, skip), nn.ReLU(),
                Pool(torch.sum), Labelled(last))}


def styled():
    """A generator and a discriminator as models/stylegan2-32.yaml has them, of few channels, with both
    regularisers on their own."""
    d = nn.Sequential(
        equalized(nn.Conv2d(2, 3, 1)), nn.LeakyReLU(0.2), Blur(4, 2),
        equalized(nn.Conv2d(3, 4, 3), stride=2), nn.LeakyReLU(0.2), MinibatchStddev(2, 1),
        nn.Flatten(), equalized(nn.Linear(20, 1)))
    return {"kind": "logistic", "weights": 0.8, "latent": 3, "batch": 4, "sample": (2, 4, 4),
            "r1": 0.5, "every": 2, "apart": True, "path": (2, 0.9, 2, 2),
            "generator": Synthesis(), "discriminator": d, "optimizer": adam(0.0, 0.99, 0.01)}


class Pack(nn.Module):
    """Samples n, n + B / m, ... side by side (Lin et al. 2018)."""

    def forward(self, x):
        return torch.cat(x.chunk(2), 1)


def packed():
    game = dense("logistic", batch=6)
    game["discriminator"] = nn.Sequential(Pack(), nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 1))
    return game


def tokens(kind, **more):
    """A generator of four tokens out of three, by REINFORCE."""
    paired = kind.startswith("relativistic")
    return {"kind": kind, "weights": 0.7, "latent": 3, "batch": 5, "sample": (3, 1, 4),
            "generator": nn.Sequential(nn.Linear(3, 6), nn.LeakyReLU(0.2), nn.Linear(6, 12),
                                       nn.Unflatten(1, (3, 1, 4)), Tokens(4)),
            "discriminator": nn.Sequential(nn.Flatten(), nn.Linear(12, 7), nn.Tanh(),
                                           nn.Linear(7, 1, bias=not paired)),
            "optimizer": adam(0.5, 0.99, 0.01), **more}


def telling(classifier, logits, **more):
    """D's noise tells its applications from each other."""
    return dense("logistic", classifier=classifier, classes=3, classification=0.8,
                 discriminator=nn.Sequential(
                     nn.Linear(2, 7), nn.Tanh(), Noise(0.3, 2), nn.Linear(7, 5), nn.Softplus(),
                     nn.Linear(5, logits)), **more)


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
    yield "residual_spectral_hinge", residual()
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
    everything = {"flip": True, "brightness": 0.5, "saturation": 1, "contrast": 0.5,
                  "translation": 0.3, "cutout": 0.5}
    yield "augmented", pictures("hinge", r1=2, augment={**everything, "probability": 0.7})
    yield "adaptive", pictures("logistic", weights=0.8, k=2, augment={**everything, "target": 0.1, "every": 2,
                                                         "images": 40})
    yield "consistent", pictures("hinge", augment={"flip": True, "translation": 0.3},
                                 consistency=(3, 2))
    yield "regularized", dense("logistic", simultaneous=True, lecam=0.5, historical=0.2,
                               regularization=0.7)
    yield "conditional", conditional()
    yield "packed", packed()
    yield "classifier", telling("alone", 3)
    yield "semi_supervised", telling("implicit", 3, discriminator_scale=0.5, matching=2)
    yield "auxiliary", telling("auxiliary", 4, generator=nn.Sequential(
        Beside(Labelled(OneHot(3))), nn.Linear(6, 6), nn.LeakyReLU(0.2), nn.Linear(6, 2)))
    yield "matched", dense("logistic", generator_scale=0, matching=4, noise=(0.3, (1, 5)))
    yield "styled", styled()
    yield "reinforce", tokens("logistic", k=2, reinforce=0.75)
    yield "reinforce_paired", tokens("relativistic-paired", simultaneous=True, reinforce=0.9)


def main():
    with open(os.path.join(HERE, "gan_game.txt"), "w") as file:
        for name, game in games():
            play = (ClassPlay if "classifier" in game else Play)(game)
            for t in range(STEPS):
                play.step(t)
            play.write(file, name)


if __name__ == "__main__":
    main()
