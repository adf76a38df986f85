"""The networks that are measured, as sizes: what their matrix products are, and how many operations
a training step needs. Needs nothing but Python."""
import math

# Layers as (inputs, outputs): mnist-mlp's are 7 dense layers, generator before discriminator; a
# maxout layer of 240 units and 5 pieces is a product of 1200 outputs. A convolution has (elements
# under its kernel, channels, places) of its smaller image.
NETWORKS = {
    "mnist-mlp": {
        "batch": 64,
        "simultaneous": False,
        "generator": [(100, 256), (256, 512), (512, 1024), (1024, 784)],
        "discriminator": [(784, 512), (512, 256), (256, 1)],
    },
    "mnist-paper": {
        "batch": 100,
        "simultaneous": True,
        "generator": [(100, 1200), (1200, 1200), (1200, 784)],
        "discriminator": [(784, 1200), (240, 1200), (240, 1)],
    },
    "ring8": {
        "batch": 100,
        "simultaneous": True,
        "generator": [(2, 400), (400, 400), (400, 400), (400, 400), (400, 2)],
        "discriminator": [(2, 1000), (200, 1000), (200, 1000), (200, 1)],
        # PacGAN's game, as the peer plays it: without the penalty on D's gradient, whose own gradient
        # is of second order.
        "settings": ["objective.r1=0"],
    },
    "mnist-dcgan": {
        "batch": 64,
        "simultaneous": False,
        "generator": [(100, 6272), (128, 64 * 16, 49), (64, 16, 196)],
        "discriminator": [(16, 64, 196), (64 * 16, 128, 49), (6272, 1)],
    },
    "dcgan-64": {
        "batch": 64,
        "simultaneous": False,
        "images": (3, 64, 64),
        "generator": [(100, 512 * 16), (512, 256 * 16, 16), (256, 128 * 16, 64), (128, 64 * 16, 256),
                      (64, 3 * 16, 1024)],
        "discriminator": [(3 * 16, 64, 1024), (64 * 16, 128, 256), (128 * 16, 256, 64),
                          (256 * 16, 512, 16), (512 * 16, 1)],
    },
    # Its penalty differentiates twice: step_flops does not count that, so no share of the peak is told.
    "wgan-gp": {
        "batch": 50,
        "simultaneous": False,
        "second_order": True,
        "generator": [(128, 4096), (256, 128 * 25, 16), (128, 64 * 25, 49), (64, 25, 196)],
        "discriminator": [(25, 64, 196), (64 * 25, 128, 49), (128 * 25, 256, 16), (4096, 1)],
    },
}


def has_convolutions(network):
    return any(len(layer) > 2 for layer in network["generator"] + network["discriminator"])


def products(network):
    """Every distinct product of a step as (what, m, n, k, transpose a, transpose b); weights are
    (outputs, inputs), activations (features, batch). Networks with convolutions count for none."""
    if has_convolutions(network):
        return []
    batch = network["batch"]
    found = []
    for player in ("generator", "discriminator"):
        for index, (inputs, outputs) in enumerate(network[player]):
            found.append(("forward", outputs, batch, inputs, 0, 0))
            if index > 0 or player == "discriminator":  # nobody asks for the latent's gradient
                found.append(("by data", inputs, batch, outputs, 1, 0))
            found.append(("by weight", outputs, inputs, batch, 0, 1))
    return list(dict.fromkeys(found))


def _multiply_adds(layers):
    return sum(math.prod(layer) for layer in layers)


def step_flops(network):
    """Floating-point operations of the products that one step (an update of each player) consists
    of, as autograd would run them. Forward, by data and by weight cost the same; the first layer of
    a network needs no gradient by data, except D's where it leads on to G."""
    g, d = network["generator"], network["discriminator"]
    first_g, first_d = _multiply_adds(g[:1]), _multiply_adds(d[:1])
    g, d = _multiply_adds(g), _multiply_adds(d)
    d_update = 2 * (d + (d - first_d) + d)  # on real and on generated samples
    g_update = d + g + (g - first_g)  # back through D, then through G
    forward = g if network["simultaneous"] else 2 * g + d
    return 2.0 * network["batch"] * (d_update + g_update + forward)
