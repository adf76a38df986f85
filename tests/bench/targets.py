"""What the figures must show on a CPU: {(measurement, peer): (at least, aim)}. With a peer it is the
ratio to it, above 1 where clgan is ahead; without one the figure itself."""

TARGETS = {
    ("gemm", "torch.mm"): (0.9, 1.1),
    ("gemm", "stock CLBlast"): (8, 12),
    ("convolution", "PyTorch"): (0.9, 1.2),
    ("train mnist-mlp", "PyTorch"): (1.3, 2.0),
    ("train mnist-mlp", "torch.compile"): (1.1, 1.6),
    ("train mnist-paper", "PyTorch"): (1.3, 2.0),
    ("train mnist-paper", "torch.compile"): (1.1, 1.6),
    ("train ring8", "PyTorch"): (2, 4),
    ("train mnist-dcgan", "PyTorch"): (1.2, 2),
    ("train dcgan-64", "PyTorch"): (1.1, 1.5),
    ("train wgan-gp", "PyTorch"): (1.3, 2),
    ("peak memory, mnist-dcgan", "PyTorch"): (2, 2),
    ("peak memory, dcgan-64", "PyTorch"): (2, 2),
    ("peak memory, wgan-gp", "PyTorch"): (2, 2),
    ("share of peak, mnist-paper step", "multiply-add peak"): (0.55, 0.75),
    ("peak memory, mnist-mlp", "PyTorch"): (2, 4),
    ("peak memory, mnist-paper", "PyTorch"): (2, 4),
    ("sample mnist-mlp", "PyTorch"): (1.3, 2),
    ("checkpoint, write", "zlib, same streams"): (0.5, 1),
    ("checkpoint, read", "zlib, same streams"): (0.5, 1),
    ("gan-sample, one PNG", None): (0.3, 0.1),
    ("gan-sample, one PNG", "PyTorch script"): (10, 30),
    ("first step, caches empty", None): (12, 5),
}
