"""The measured networks in PyTorch, with the optimisers and the order of updates of the recipes in
models/: mnist-mlp, mnist-paper (Goodfellow et al. 2014), ring8 (Lin et al. 2018, its penalty left
out) and mnist-dcgan (Radford et al. 2015)."""
import math

import torch
from torch import nn


class Maxout(nn.Module):
    def __init__(self, inputs, units, pieces):
        super().__init__()
        self.linear = nn.Linear(inputs, units * pieces)
        self.shape = (units, pieces)

    def forward(self, x):
        return self.linear(x).unflatten(1, self.shape).max(2).values


def _mnist_mlp():
    sizes, layers = [100, 256, 512, 1024], []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, outputs), nn.LeakyReLU(0.2)]
    generator = nn.Sequential(*layers, nn.Linear(1024, 784), nn.Tanh())
    discriminator = nn.Sequential(nn.Linear(784, 512), nn.LeakyReLU(0.2), nn.Linear(512, 256),
                                  nn.LeakyReLU(0.2), nn.Linear(256, 1))
    return generator, discriminator


def _mnist_paper():
    generator = nn.Sequential(nn.Linear(100, 1200), nn.ReLU(), nn.Linear(1200, 1200), nn.ReLU(),
                              nn.Linear(1200, 784), nn.Sigmoid())
    discriminator = nn.Sequential(nn.Dropout(0.2), Maxout(784, 240, 5), nn.Dropout(0.5),
                                  Maxout(240, 240, 5), nn.Dropout(0.5), nn.Linear(240, 1))
    return generator, discriminator


def _ring8():
    layers, inputs = [], 2
    for _ in range(4):
        layers += [nn.Linear(inputs, 400, bias=False), nn.BatchNorm1d(400), nn.ReLU()]
        inputs = 400
    generator = nn.Sequential(*layers, nn.Linear(400, 2))
    discriminator = nn.Sequential(Maxout(2, 200, 5), Maxout(200, 200, 5), Maxout(200, 200, 5),
                                  nn.Linear(200, 1))
    return generator, discriminator


def _mnist_dcgan():
    generator = nn.Sequential(
        nn.Linear(100, 6272, bias=False), nn.Unflatten(1, (128, 7, 7)), nn.BatchNorm2d(128),
        nn.ReLU(), nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
        nn.ConvTranspose2d(64, 1, 4, 2, 1), nn.Tanh())
    discriminator = nn.Sequential(
        nn.Conv2d(1, 64, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(64, 128, 4, 2, 1, bias=False),
        nn.BatchNorm2d(128), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(6272, 1))
    return generator, discriminator


def _adam(lr, beta1):
    return lambda parameters, **how: torch.optim.Adam(parameters, lr, betas=(beta1, 0.999), **how)


def _sgd(parameters, **how):
    return torch.optim.SGD(parameters, 0.1, momentum=0.5, **how)


# name: (networks, optimiser, batch, latent size, latent is uniform, both players at once, sample)
NETS = {
    "mnist-mlp": (_mnist_mlp, _adam(2e-4, 0.5), 64, 100, False, False, (784,)),
    "mnist-paper": (_mnist_paper, _sgd, 100, 100, True, True, (784,)),
    "ring8": (_ring8, _adam(1e-4, 0.8), 100, 2, False, True, (2,)),
    "mnist-dcgan": (_mnist_dcgan, _adam(2e-4, 0.5), 64, 100, False, False, (1, 28, 28)),
}


class Game:
    """One recipe, ready to train on a fixed batch of noise: PyTorch is spared the reading of data."""

    def __init__(self, name, fused=False, alternating=False):
        build, optimizer, self.batch, self.latent, self.uniform, both, sample = NETS[name]
        torch.manual_seed(0)
        self.generator, self.discriminator = build()
        how = {"fused": True} if fused else {}
        self.g_optimizer = optimizer(self.generator.parameters(), **how)
        self.d_optimizer = optimizer(self.discriminator.parameters(), **how)
        self.bce = nn.BCEWithLogitsLoss()
        self.real = torch.rand(self.batch, *sample) * 2 - 1
        self.one, self.zero = torch.ones(self.batch, 1), torch.zeros(self.batch, 1)
        self.step = self._both if both and not alternating else self._in_turn

    def latents(self):
        if self.uniform:
            return (torch.rand(self.batch, self.latent) * 2 - 1) * math.sqrt(3)
        return torch.randn(self.batch, self.latent)

    def _d_loss(self, fake_logits):
        return self.bce(self.discriminator(self.real), self.one) + self.bce(fake_logits, self.zero)

    def _in_turn(self):
        """The discriminator's update, then the generator's against the new discriminator."""
        self.d_optimizer.zero_grad(set_to_none=True)
        fake = self.generator(self.latents())
        self._d_loss(self.discriminator(fake.detach())).backward()
        self.d_optimizer.step()
        self.g_optimizer.zero_grad(set_to_none=True)
        self.bce(self.discriminator(self.generator(self.latents())), self.one).backward()
        self.g_optimizer.step()

    def _both(self):
        """Both gradients at the same point, from one pass over one batch, then both updates."""
        logits = self.discriminator(self.generator(self.latents()))
        players = [list(self.discriminator.parameters()), list(self.generator.parameters())]
        losses = [self._d_loss(logits), self.bce(logits, self.one)]
        gradients = [torch.autograd.grad(losses[0], players[0], retain_graph=True),
                     torch.autograd.grad(losses[1], players[1])]
        for parameters, values in zip(players, gradients):
            for parameter, value in zip(parameters, values):
                parameter.grad = value
        self.d_optimizer.step()
        self.g_optimizer.step()
