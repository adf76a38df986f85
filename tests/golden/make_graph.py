#!/usr/bin/env python3
"""Writes graph_primitives.txt: what PyTorch computes, in double precision, for each primitive of
the graph. Run it with PyTorch installed; tests/graph/test_interpret.c reads the result.

A record is a line "case NAME COUNT" (of operands), then a line a tensor, the operands and then the
result: its rank, its sizes, its elements. What a name stands for, beyond the operation of that
name, is said here and in the test, independently.
"""
import os
import sys

import torch

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)
inf, nan = float("inf"), float("nan")


def tensor_line(t):
    t = t.detach().to(torch.float64)
    numbers = [str(t.dim())] + [str(s) for s in t.shape] + [repr(v) for v in t.flatten().tolist()]
    return " ".join(numbers)


def record(out, name, operands, result):
    print("case", name, len(operands), file=out)
    for t in operands + [result]:
        print(tensor_line(t), file=out)


def rand(*shape):
    return torch.randn(*shape).float().double()


# Extremes, signed zeros, infinities and NaN among ordinary numbers.
special = torch.tensor([0.0, -0.0, 1.0, -1.0, 0.5, -2.25, 1e-8, -1e-8, 30.0, -30.0, 500.0, -500.0,
                        1e-30, 88.0, -104.0, inf, -inf, nan])
pairs_a = torch.tensor([1.0, 2.0, 2.0, -1.0, 0.0, inf, -inf, nan, 1.0, nan, 3.5, -0.5])
pairs_b = torch.tensor([2.0, 1.0, 2.0, -3.0, 0.0, 1.0, inf, 1.0, nan, nan, -2.0, 4.0])

unary = dict(neg=torch.neg, abs=torch.abs, sign=lambda a: torch.where(a.isnan(), a, a.sign()),
             floor=torch.floor, exp=torch.exp, expm1=torch.expm1, log=torch.log,
             log1p=torch.log1p, sqrt=torch.sqrt, rsqrt=torch.rsqrt, sin=torch.sin, cos=torch.cos,
             tanh=torch.tanh, sigmoid=torch.sigmoid,
             softplus=lambda a: torch.logaddexp(a, torch.zeros_like(a)), erf=torch.erf)
binary = dict(add=torch.add, sub=torch.sub, mul=torch.mul, div=torch.div, minimum=torch.minimum,
              maximum=torch.maximum, power=torch.pow,
              less=lambda a, b: (a < b).double(), less_equal=lambda a, b: (a <= b).double(),
              equal=lambda a, b: (a == b).double())


def write(out):
    for name, f in unary.items():
        record(out, name, [special], f(special))
    for name, f in binary.items():
        record(out, name, [pairs_a, pairs_b], f(pairs_a, pairs_b))
    a, b = rand(3, 1, 4), rand(2, 1)
    record(out, "broadcast_sub", [a, b], a - b)
    condition = torch.tensor([0.0, 1.0, -2.0, 0.5])
    x, y = rand(3, 4), rand(4)
    record(out, "select", [condition, x, y], torch.where(condition != 0, x, y))

    a = rand(3, 4, 5)
    record(out, "sum_1", [a], a.sum(1, keepdim=True))
    record(out, "sum_02", [a], a.sum((0, 2), keepdim=True))
    record(out, "max_2", [a], a.amax(2, keepdim=True))
    record(out, "max_all", [a], a.amax((0, 1, 2), keepdim=True))
    record(out, "mean_01", [a], a.mean((0, 1), keepdim=True))
    undefined = torch.tensor([[1.0, nan, 3.0], [2.0, 5.0, 4.0]])
    record(out, "max_of_nan", [undefined], undefined.amax(1, keepdim=True))

    a, b = rand(2, 3, 4), rand(2, 4, 5)
    record(out, "matmul_nn", [a, b], a @ b)
    record(out, "matmul_tn", [a.mT, b], a @ b)
    record(out, "matmul_nt", [a, b.mT], a @ b)
    record(out, "matmul_tt", [a.mT, b.mT], a @ b)

    a = rand(3, 4, 5)
    record(out, "reshape", [a], a.reshape(6, 10))
    record(out, "permute_201", [a], a.permute(2, 0, 1))
    record(out, "transpose", [a], a.mT)
    row = rand(3, 1)
    record(out, "broadcast", [row], row.expand(2, 3, 4))
    record(out, "slice", [a], a[1:3, 0:4:3, 1:5:2])
    record(out, "pad", [row], torch.nn.functional.pad(row, (2, 1, 0, 3)))
    parts = [rand(2, 3), rand(2, 1), rand(2, 4)]
    record(out, "concat", parts, torch.cat(parts, 1))

    index = torch.tensor([2.0, 0.0, 2.0, 3.0, 2.0])
    record(out, "gather_1", [a, index], a.index_select(1, index.long()))
    source = rand(3, 5, 2)
    record(out, "scatter_add_1", [source, index],
           torch.zeros(3, 4, 2).index_add(1, index.long(), source))


with open(os.path.join(os.path.dirname(os.path.abspath(sys.argv[0])), "graph_primitives.txt"),
          "w") as out:
    write(out)
