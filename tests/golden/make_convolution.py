#!/usr/bin/env python3
"""Writes graph_convolution.txt: what PyTorch computes, in double precision, for convolutions and
their gradients of first, second and third order. Run it with PyTorch installed;
tests/graph/test_convolution.c reads the result.

A tensor is a line: its rank, its sizes, its elements. Images are written as (channels, height,
width, batch). All numbers of a "case" are whole, so nothing is rounded and equal means equal.

"case NAME convolution|transposed STRIDE BEFORE AFTER DILATION GROUPS OUTPUT_PADDING" (pairs, height
first, but for the groups) is followed by x, w, v and then
    y = the convolution of x with w;
    gx, gw = the gradients of <v, y>;
    hx, hw, hv = the gradients of |gx|^2 + |gw|^2.

"penalty NAME" is the gradient penalty of Gulrajani et al. (2017) for a critic of two convolutions
(4x4, stride 2, padding 1; tanh; 4x4), followed by x, w1, w2 and then
    p = the mean over images of (|gradient of the critic by x| - 1)^2;
    p1, p2, px = its gradients by w1, w2, x;
    qx = the gradient of |p1|^2 + |p2|^2 by x.
"""
import os
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(1)


def whole(*shape):
    return torch.randint(-3, 4, shape, generator=generator).double()


def number(v):
    return str(int(v)) if v == int(v) else repr(v)


def tensor_line(t):
    return " ".join([str(t.dim())] + [str(s) for s in t.shape] +
                    [number(v) for v in t.detach().flatten().tolist()])


def images_line(t):
    return tensor_line(t.permute(1, 2, 3, 0).contiguous())


def pair(v):
    return v if isinstance(v, tuple) else (v, v)


class Settings:
    def __init__(self, stride=1, before=0, after=None, dilation=1, groups=1, output_padding=0):
        self.stride, self.dilation = pair(stride), pair(dilation)
        self.before = pair(before)
        self.after = self.before if after is None else pair(after)
        self.groups, self.output_padding = groups, pair(output_padding)

    def __str__(self):
        pairs = [self.stride, self.before, self.after, self.dilation, (self.groups,),
                 self.output_padding]
        return " ".join(str(v) for p in pairs for v in p)


def convolution(x, w, s):
    (top, left), (bottom, right) = s.before, s.after
    return F.conv2d(F.pad(x, (left, right, top, bottom)), w, None, s.stride, 0, s.dilation,
                    s.groups)


def transposed(x, w, s):
    y = F.conv_transpose2d(x, w, None, s.stride, 0, s.output_padding, s.groups, s.dilation)
    height, width = y.shape[2:]
    return y[:, :, s.before[0]:height - s.after[0], s.before[1]:width - s.after[1]]


def record(out, name, f, x_shape, w_shape, s):
    x, w = whole(*x_shape).requires_grad_(), whole(*w_shape).requires_grad_()
    y = f(x, w, s)
    v = whole(*y.shape).requires_grad_()
    gx, gw = torch.autograd.grad((y * v).sum(), (x, w), create_graph=True)
    hx, hw, hv = torch.autograd.grad((gx ** 2).sum() + (gw ** 2).sum(), (x, w, v))
    print("case", name, f.__name__, s, file=out)
    for line in (images_line(x), tensor_line(w), images_line(v), images_line(y), images_line(gx),
                 tensor_line(gw), images_line(hx), tensor_line(hw), images_line(hv)):
        print(line, file=out)


# name, (B, C, H, W), weight, settings
convolutions = [
    ("plain", (2, 2, 5, 5), (3, 2, 3, 3), {}),
    ("same", (2, 2, 4, 4), (2, 2, 3, 3), dict(before=1)),
    ("stride_2", (2, 2, 5, 5), (2, 2, 3, 3), dict(stride=2, before=1)),
    ("dcgan", (2, 2, 6, 6), (3, 2, 4, 4), dict(stride=2, before=1)),
    ("stride_3", (2, 2, 7, 7), (2, 2, 3, 3), dict(stride=3, before=1)),
    ("stride_that_does_not_divide", (2, 2, 6, 6), (2, 2, 3, 3), dict(stride=2)),
    ("stride_that_skips", (2, 2, 7, 7), (2, 2, 2, 2), dict(stride=3)),
    ("oblong", (2, 2, 4, 7), (2, 2, 2, 3), dict(stride=(1, 2), before=(1, 0))),
    ("asymmetric_padding", (2, 2, 4, 4), (2, 2, 3, 3), dict(before=(0, 2), after=(1, 0))),
    ("asymmetric_padding_stride_2", (2, 2, 5, 5), (2, 2, 4, 4),
     dict(stride=2, before=(1, 2), after=(2, 1))),
    ("much_padding", (1, 2, 2, 2), (2, 2, 2, 2), dict(stride=2, before=3)),
    ("dilation_2", (2, 2, 6, 6), (2, 2, 3, 3), dict(dilation=2, before=1)),
    ("dilation_3_stride_2", (2, 2, 7, 7), (2, 2, 2, 3), dict(dilation=(3, 2), stride=2, before=1)),
    ("groups", (2, 4, 4, 4), (6, 2, 3, 3), dict(groups=2, before=1)),
    ("depthwise", (2, 4, 4, 4), (4, 1, 3, 3), dict(groups=4, before=1)),
    ("depthwise_times_2", (2, 3, 5, 5), (6, 1, 3, 3), dict(groups=3, stride=2, before=1)),
    ("pointwise", (2, 4, 3, 3), (3, 4, 1, 1), {}),
    ("pointwise_groups", (2, 4, 3, 3), (6, 2, 1, 1), dict(groups=2)),
    ("pointwise_stride_2", (2, 4, 5, 5), (3, 4, 1, 1), dict(stride=2)),
    ("pointwise_padded", (2, 3, 2, 2), (2, 3, 1, 1), dict(before=1)),
    ("whole_image", (3, 3, 4, 4), (2, 3, 4, 4), {}),
    ("whole_image_groups", (3, 4, 3, 3), (2, 2, 3, 3), dict(groups=2)),
    ("larger_than_the_image", (2, 2, 3, 3), (2, 2, 5, 5), dict(before=2)),
    ("one_image", (1, 2, 5, 5), (2, 2, 3, 3), dict(before=1)),
    ("five_images", (5, 2, 4, 4), (2, 2, 3, 3), dict(stride=2, before=1)),
    ("one_row", (2, 2, 1, 9), (2, 2, 1, 4), dict(stride=(1, 2), before=(0, 1))),
]
transposeds = [
    ("transposed", (2, 2, 3, 3), (2, 3, 3, 3), {}),
    ("transposed_dcgan", (2, 3, 3, 3), (3, 2, 4, 4), dict(stride=2, before=1)),
    ("transposed_output_padding", (2, 2, 3, 3), (2, 2, 3, 3),
     dict(stride=2, before=1, output_padding=1)),
    ("transposed_from_one_place", (3, 4, 1, 1), (4, 2, 4, 4), {}),
    ("transposed_with_gaps", (2, 2, 3, 3), (2, 2, 2, 2), dict(stride=3, output_padding=(2, 0))),
    ("transposed_groups", (2, 4, 3, 3), (4, 1, 3, 3), dict(stride=2, before=1, groups=2)),
    ("transposed_depthwise", (2, 3, 3, 3), (3, 1, 4, 4), dict(stride=2, before=1, groups=3)),
    ("transposed_dilation", (2, 2, 3, 3), (2, 2, 3, 3),
     dict(dilation=2, before=1, output_padding=(1, 0))),
    ("transposed_asymmetric", (2, 2, 3, 3), (2, 2, 4, 4),
     dict(stride=2, before=(0, 2), after=(1, 1))),
    ("transposed_pointwise", (2, 3, 2, 2), (3, 2, 1, 1), {}),
]


def penalty(out, name, batch, channels, hidden):
    x = torch.randn(batch, channels, 8, 8, generator=generator).requires_grad_()
    w1 = (torch.randn(hidden, channels, 4, 4, generator=generator) / 4).requires_grad_()
    w2 = (torch.randn(1, hidden, 4, 4, generator=generator) / 4).requires_grad_()
    critic = F.conv2d(F.conv2d(x, w1, None, 2, 1).tanh(), w2)
    slope, = torch.autograd.grad(critic.sum(), x, create_graph=True)
    p = ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()
    p1, p2, px = torch.autograd.grad(p, (w1, w2, x), create_graph=True)
    qx, = torch.autograd.grad((p1 ** 2).sum() + (p2 ** 2).sum(), x)
    print("penalty", name, file=out)
    for line in (images_line(x), tensor_line(w1), tensor_line(w2), tensor_line(p), tensor_line(p1),
                 tensor_line(p2), images_line(px), images_line(qx)):
        print(line, file=out)


def write(out):
    for name, x_shape, w_shape, settings in convolutions:
        record(out, name, convolution, x_shape, w_shape, Settings(**settings))
    for name, x_shape, w_shape, settings in transposeds:
        record(out, name, transposed, x_shape, w_shape, Settings(**settings))
    penalty(out, "gradient_penalty", 3, 2, 3)


with open(os.path.join(os.path.dirname(os.path.abspath(sys.argv[0])), "graph_convolution.txt"),
          "w") as out:
    write(out)
