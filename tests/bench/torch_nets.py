"""The measured networks in PyTorch, with the optimisers and the order of updates of the recipes in
models/: mnist-mlp, mnist-paper (Goodfellow et al. 2014), ring8 (Lin et al. 2018, its penalty left
out), mnist-dcgan and dcgan-64 (Radford et al. 2015), wgan-gp (Gulrajani et al. 2017)."""
import math
from typing import Callable, NamedTuple

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


def _dcgan_64():
    generator = [nn.Unflatten(1, (100, 1, 1)), nn.ConvTranspose2d(100, 512, 4, bias=False)]
    for inputs, outputs in ((512, 256), (256, 128), (128, 64), (64, 3)):
        generator += [nn.BatchNorm2d(inputs), nn.ReLU(),
                      nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False)]
    discriminator = [nn.Conv2d(3, 64, 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
    for inputs, outputs in ((64, 128), (128, 256), (256, 512)):
        discriminator += [nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False), nn.BatchNorm2d(outputs),
                          nn.LeakyReLU(0.2)]
    return (nn.Sequential(*generator, nn.Tanh()),
            nn.Sequential(*discriminator, nn.Conv2d(512, 1, 4, bias=False), nn.Flatten()))


def _wgan_gp():
    generator = nn.Sequential(
        nn.Linear(128, 4096), nn.ReLU(), nn.Unflatten(1, (256, 4, 4)),
        nn.ConvTranspose2d(256, 128, 5, 2, 2), nn.ReLU(),
        nn.ConvTranspose2d(128, 64, 5, 2, 2, 1), nn.ReLU(),
        nn.ConvTranspose2d(64, 1, 5, 2, 2, 1), nn.Sigmoid())
    critic = nn.Sequential(
        nn.Conv2d(1, 64, 5, 2, 2), nn.LeakyReLU(0.2), nn.Conv2d(64, 128, 5, 2, 2),
        nn.LeakyReLU(0.2), nn.Conv2d(128, 256, 5, 2, 2), nn.LeakyReLU(0.2), nn.Flatten(),
        nn.Linear(4096, 1))
    return generator, critic


def _adam(lr, beta1, beta2=0.999):
    return lambda parameters, **how: torch.optim.Adam(parameters, lr, betas=(beta1, beta2), **how)


def _sgd(parameters, **how):
    return torch.optim.SGD(parameters, 0.1, momentum=0.5, **how)


class Net(NamedTuple):
    build: Callable
    optimizer: Callable
    batch: int
    latent: int
    sample: tuple
    uniform: bool = False        # latents
    both: bool = False           # players are updated at the same time
    critic_updates: int = 0      # a Wasserstein critic with a gradient penalty: so many a step


NETS = {
    "mnist-mlp": Net(_mnist_mlp, _adam(2e-4, 0.5), 64, 100, (784,)),
    "mnist-paper": Net(_mnist_paper, _sgd, 100, 100, (784,), uniform=True, both=True),
    "ring8": Net(_ring8, _adam(1e-4, 0.8), 100, 2, (2,), both=True),
    "mnist-dcgan": Net(_mnist_dcgan, _adam(2e-4, 0.5), 64, 100, (1, 28, 28)),
    "dcgan-64": Net(_dcgan_64, _adam(2e-4, 0.5), 64, 100, (3, 64, 64)),
    "wgan-gp": Net(_wgan_gp, _adam(1e-4, 0.5, 0.9), 50, 128, (1, 28, 28), critic_updates=5),
}


class Game:
    """One recipe, ready to train on a fixed batch of noise: PyTorch is spared the reading of data."""

    def __init__(self, name, fused=False, alternating=False):
        self.net = NETS[name]
        self.batch = self.net.batch
        torch.manual_seed(0)
        self.generator, self.discriminator = self.net.build()
        how = {"fused": True} if fused else {}
        self.g_optimizer = self.net.optimizer(self.generator.parameters(), **how)
        self.d_optimizer = self.net.optimizer(self.discriminator.parameters(), **how)
        self.bce = nn.BCEWithLogitsLoss()
        self.real = torch.rand(self.batch, *self.net.sample) * 2 - 1
        self.one, self.zero = torch.ones(self.batch, 1), torch.zeros(self.batch, 1)
        if self.net.critic_updates:
            self.step = self._critic
        else:
            self.step = self._both if self.net.both and not alternating else self._in_turn

    def latents(self):
        if self.net.uniform:
            return (torch.rand(self.batch, self.net.latent) * 2 - 1) * math.sqrt(3)
        return torch.randn(self.batch, self.net.latent)

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

    def _penalty(self, fake):
        weight = torch.rand(self.batch, 1, 1, 1)
        between = (weight * self.real + (1 - weight) * fake).requires_grad_()
        slope, = torch.autograd.grad(self.discriminator(between).sum(), between, create_graph=True)
        return ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()

    def _critic(self):
        """The critic's updates, each with a penalty on its gradient, then the generator's."""
        for _ in range(self.net.critic_updates):
            self.d_optimizer.zero_grad(set_to_none=True)
            with torch.no_grad():
                fake = self.generator(self.latents())
            difference = self.discriminator(fake).mean() - self.discriminator(self.real).mean()
            (difference + 10 * self._penalty(fake)).backward()
            self.d_optimizer.step()
        self.g_optimizer.zero_grad(set_to_none=True)
        (-self.discriminator(self.generator(self.latents())).mean()).backward()
        self.g_optimizer.step()
