#!/usr/bin/env python3
"""Writes tests/golden/foreign/: networks as ONNX and what ONNX Runtime computes with them.

    make_foreign.py

branches.onnx      a small network of PyTorch: convolutions, batch norm that is not folded, pools,
                   branches that are joined, a squeezed attention over channels, a linear layer,
                   softmax; as torch.onnx.export writes it
operators-V.onnx   one operator after the other on the same input, opset V; the results of all side by
                   side are the output "all", and NAME.txt says where whose begin
*-samples.npy      what goes in, *-features.npy: what ONNX Runtime made of it

Fails unless ONNX's own checker accepts the files, and ONNX Runtime agrees with PyTorch to 1e-5.
Made with torch 2.13.0, onnx 1.23.2, onnxruntime 1.31.1, numpy 2.4.6.
"""
import pathlib
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional as F

folder = pathlib.Path(__file__).parent / "foreign"
rng = np.random.default_rng(5)


def run(path, samples):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: samples})[0].reshape(len(samples), -1)


def keep(name, samples):
    path = folder / f"{name}.onnx"
    onnx.checker.check_model(onnx.load(path), full_check=True)
    features = run(path, samples)
    np.save(folder / f"{name}-samples.npy", samples)
    np.save(folder / f"{name}-features.npy", features)
    return features


# --- A network of PyTorch -------------------------------------------------------------------------
class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.norm = nn.Conv2d(2, 8, 3, 2, bias=False), nn.BatchNorm2d(8, eps=1e-3)
        self.left = nn.Conv2d(8, 4, 1)
        self.right = nn.Sequential(nn.Conv2d(8, 4, 1), nn.Conv2d(4, 6, (1, 3), padding=(0, 1)))
        self.pooled = nn.Conv2d(8, 3, 1)
        self.grouped = nn.Conv2d(13, 26, 3, padding=2, dilation=2, groups=13)
        self.squeeze, self.excite = nn.Linear(26, 5), nn.Linear(5, 26)
        self.last, self.classes = nn.BatchNorm2d(26), nn.Linear(26, 6)

    def forward(self, x):
        x = F.relu(self.norm(self.stem(x)))
        x = F.max_pool2d(x, 3, 2, ceil_mode=True)
        pooled = self.pooled(F.avg_pool2d(x, 3, 1, 1, count_include_pad=False))
        x = torch.cat([self.left(x), self.right(x), pooled], 1)
        x = F.leaky_relu(self.grouped(x), 0.2)
        scale = torch.sigmoid(self.excite(F.relu(self.squeeze(x.mean((2, 3))))))
        x = x * scale[:, :, None, None]
        x = F.adaptive_avg_pool2d(self.last(x), 1).flatten(1)
        return torch.softmax(self.classes(x), 1)


def export_branches():
    torch.manual_seed(4)
    net = Branches().eval()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, 0, 0.3)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.uniform_(module.weight, 0.5, 2)
            nn.init.normal_(module.bias)
    samples = rng.uniform(-1, 1, (5, 2, 17, 15)).astype("f4")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(net, (torch.zeros(1, 2, 17, 15),), folder / "branches.onnx",
                          opset_version=17, dynamo=False, do_constant_folding=False,
                          training=torch.onnx.TrainingMode.PRESERVE, input_names=["pixels"],
                          output_names=["classes"], dynamic_axes={"pixels": {0: "batch"}})
    features = keep("branches", samples)
    with torch.no_grad():
        assert np.abs(net(torch.from_numpy(samples)).numpy() - features).max() < 1e-5


# --- One operator after the other -----------------------------------------------------------------
class Sheet:
    """A graph on x (batch, 4, 6, 5) whose results are flattened and stand side by side."""

    def __init__(self, opset):
        self.opset, self.nodes, self.constants, self.results = opset, [], [], []

    def constant(self, value, kind=None):
        array = np.asarray(value, kind or ("i8" if np.asarray(value).dtype.kind == "i" else "f4"))
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def node(self, operation, *inputs, outputs=1, **attributes):
        names = [f"v{len(self.nodes)}" + (f"_{i}" if i else "") for i in range(outputs)]
        inputs = [i if isinstance(i, str) else self.constant(i) for i in inputs]
        self.nodes.append(helper.make_node(operation, inputs, names, name=f"{operation}_{len(self.nodes)}",
                                           **attributes))
        return names[0] if outputs == 1 else names

    def show(self, label, value):
        self.results.append((label, self.node("Flatten", value)))

    def put(self, operation, *inputs, label=None, **attributes):
        self.show(label or operation, self.node(operation, "x", *inputs, **attributes))

    def save(self, batch="batch"):
        name = f"operators-{self.opset}"
        flat = [value for _, value in self.results]
        self.nodes.append(helper.make_node("Concat", flat, ["all"], axis=1))
        graph = helper.make_graph(
            self.nodes, "operators", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [batch, 4, 6, 5])],
            [helper.make_tensor_value_info("all", TensorProto.FLOAT, [batch, "features"])], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)
        onnx.save(model, folder / f"{name}.onnx")
        samples = rng.uniform(-2, 2, (1 if batch == 1 else 3, 4, 6, 5)).astype("f4")
        features = keep(name, samples)
        model.graph.output.extend(helper.make_tensor_value_info(v, TensorProto.FLOAT, None) for v in flat)
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        with open(folder / f"{name}.txt", "w") as out:
            at = 0
            for (label, _), value in zip(self.results, session.run(None, {"x": samples})[1:]):
                print(at, label, file=out)
                at += value.shape[1]
        assert at == features.shape[1]


def weights(*shape):
    return (rng.standard_normal(shape) / np.sqrt(np.prod(shape[1:]) or 1)).astype("f4")


def elementwise(s):
    for operation in ["Abs", "Cos", "Erf", "Exp", "Floor", "Neg", "Reciprocal", "Sigmoid", "Sign", "Sin",
                      "Softplus", "Tanh", "Relu", "LeakyRelu", "Elu", "Selu", "HardSigmoid", "Softsign",
                      "Identity", "HardSwish"]:
        s.put(operation)
    positive = s.node("Abs", "x")
    s.show("Log", s.node("Log", s.node("Add", positive, np.float32(0.5))))
    s.show("Sqrt", s.node("Sqrt", positive))
    s.put("LeakyRelu", label="LeakyRelu alpha", alpha=0.3)
    s.put("Elu", label="Elu alpha", alpha=0.5)
    s.put("PRelu", weights(4, 1, 1))
    s.put("Clip", np.float32(-0.5), np.float32(1))
    s.put("Clip", "", np.float32(1), label="Clip above")
    s.put("Dropout", np.float32(0.5))
    s.put("Cast", to=TensorProto.FLOAT)
    s.put("Add", weights(4, 1, 1))
    s.put("Sub", weights(1, 4, 6, 1), label="Sub of the same rank")
    s.put("Mul", np.float32(0.3), label="Mul by a number")
    s.put("Div", (2 + weights(5)).astype("f4"), label="Div along the last axis")
    s.put("Pow", np.float32(2), label="Pow 2")
    s.show("Pow 1.5", s.node("Pow", positive, np.float32(1.5)))
    s.put("Max", np.float32(0.1))
    s.put("Min", np.float32(0.1), weights(6, 5), label="Min of three")
    s.put("Sum", s.node("Relu", "x"), "x")
    pooled = s.node("GlobalAveragePool", "x")
    s.show("Mul of a value along an image", s.node("Mul", "x", pooled))


def windows(s):
    s.put("Conv", weights(3, 4, 3, 3), weights(3), pads=[1, 0, 2, 1], strides=[2, 1])
    s.put("Conv", weights(8, 2, 2, 3), label="Conv grouped, dilated", group=2, dilations=[2, 1], pads=[0, 1, 0, 1])
    for where in ["SAME_UPPER", "SAME_LOWER", "VALID"]:
        s.put("Conv", weights(2, 4, 2, 2), label=f"Conv {where}", auto_pad=where, strides=[2, 2])
    s.put("ConvTranspose", weights(4, 3, 3, 2), weights(3), strides=[2, 2], pads=[1, 0, 1, 0], output_padding=[1, 0])
    s.put("ConvTranspose", weights(4, 1, 2, 2), label="ConvTranspose grouped", group=2)
    s.put("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    s.put("MaxPool", label="MaxPool padded", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    s.put("MaxPool", label="MaxPool ceil", kernel_shape=[3, 2], strides=[2, 2], ceil_mode=1)
    s.put("AveragePool", kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    s.put("AveragePool", label="AveragePool with padding", kernel_shape=[3, 3], pads=[1, 0, 1, 1], strides=[2, 2],
          count_include_pad=1)
    s.put("AveragePool", label="AveragePool ceil", kernel_shape=[3, 2], strides=[2, 2], ceil_mode=1)
    s.put("AveragePool", label="AveragePool SAME", kernel_shape=[3, 2], strides=[2, 2], auto_pad="SAME_UPPER")
    s.put("GlobalAveragePool")
    s.put("GlobalMaxPool")


def reductions(s):
    for operation in ["ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare"]:
        s.put(operation, axes=[-1, 2])
    s.put("ReduceMean", label="ReduceMean dropped", axes=[2, 3], keepdims=0)
    s.put("ReduceSum", np.array([1]), keepdims=0)


def norms(s):
    statistics = [weights(4), weights(4), weights(4), np.abs(weights(4)) + 0.5]
    s.put("BatchNormalization", *statistics, epsilon=1e-3)
    s.put("InstanceNormalization", weights(4), weights(4))
    s.put("LayerNormalization", weights(5), weights(5), axis=-1)
    s.put("LayerNormalization", weights(6, 5), label="LayerNormalization of two axes", axis=2)
    s.put("Softmax")
    s.put("Softmax", label="Softmax of channels", axis=1)
    s.put("LogSoftmax", axis=2)


def products(s):
    flat = s.node("Flatten", "x")
    s.show("Gemm", s.node("Gemm", flat, weights(7, 120), weights(7), transB=1))
    s.show("Gemm scaled", s.node("Gemm", flat, weights(120, 3), weights(1, 3), alpha=0.5, beta=2.0))
    s.put("MatMul", weights(5, 3))
    s.show("MatMul of values", s.node("MatMul", "x", s.node("Transpose", "x", perm=[0, 1, 3, 2])))
    s.show("weights computed in the graph",
           s.node("Conv", "x", s.node("Mul", weights(3, 4, 1, 1), weights(3, 1, 1, 1))))


def shapes(s):
    s.put("Reshape", np.array([0, -1, 10]))
    size = s.node("Shape", "x")
    batch = s.node("Unsqueeze", s.node("Gather", size, np.int64(0)), np.array([0]))
    rest = s.node("Slice", size, np.array([2]), np.array([4]))
    s.show("Reshape computed",
           s.node("Reshape", "x", s.node("Concat", batch, np.array([-1]), rest, axis=0)))
    area = s.node("Mul", s.node("Gather", size, np.int64(2)), s.node("Gather", size, np.int64(3)))
    s.show("Reshape calculated",
           s.node("Reshape", "x", s.node("Concat", batch, s.node("Unsqueeze", area, np.array([0])),
                                         np.array([2, 2]), axis=0)))
    s.show("Squeeze", s.node("Squeeze", s.node("GlobalMaxPool", "x"), np.array([2, -1])))
    s.put("Unsqueeze", np.array([2, -1]))
    s.put("Transpose", perm=[0, 2, 3, 1])
    s.put("Concat", s.node("Relu", "x"), "x", axis=1)
    s.put("Concat", s.node("Sigmoid", "x"), axis=-1, label="Concat of columns")
    s.put("Slice", np.array([1, -4]), np.array([9223372036854775807, -1]), np.array([1, 2]), np.array([2, 1]))
    for i, part in enumerate(s.node("Split", "x", np.array([1, 3]), outputs=2, axis=1)):
        s.show(f"Split {i}", part)
    s.put("Gather", np.array([2, 0, -1]), axis=2)
    s.put("Gather", np.int64(1), label="Gather one", axis=1)
    s.put("Pad", np.array([0, 0, 1, 2, 0, 0, 0, 1]))
    token = s.node("Expand", weights(1, 4, 1, 5),
                   s.node("Concat", batch, np.array([4, 1, 5]), axis=0))
    s.show("Expand for each sample", s.node("Concat", token, "x", axis=2))
    ones = s.node("ConstantOfShape", np.array([3]), value=numpy_helper.from_array(np.array([1])))
    asked = s.node("Reshape", s.node("Concat", batch, np.array([-1, -1]), axis=0), np.array([-1]))
    kept = s.node("Equal", asked, s.node("Mul", ones, np.int64(-1)))
    token = s.node("Expand", weights(1, 2, 30), s.node("Where", kept, ones, asked))
    s.show("Expand where asked",
           s.node("Concat", token, s.node("Reshape", "x", np.array([0, 4, 30])), axis=1))
    s.show("Expand", s.node("Expand", s.node("GlobalMaxPool", "x"), np.array([1, 1, 2, 3])))
    s.show("ConstantOfShape",
           s.node("Add", "x", s.node("ConstantOfShape", np.array([4, 1, 1]),
                                     value=numpy_helper.from_array(np.array([0.5], "f4")))))


def resizes(s):
    s.put("Resize", "", np.array([1, 1, 2, 3], "f4"), mode="nearest", label="Resize nearest",
          coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    s.put("Resize", "", np.array([1, 1, 1.5, 2], "f4"), mode="linear", label="Resize linear",
          coordinate_transformation_mode="half_pixel")


def opset17():
    s = Sheet(17)
    for family in [elementwise, windows, reductions, norms, products, shapes, resizes]:
        family(s)
    s.save()


def opset21():
    """What changed since: axes as inputs, group norm, GELU."""
    s = Sheet(21)
    s.put("ReduceMean", np.array([2, 3]))
    s.put("ReduceMax", np.array([-1]), keepdims=0)
    s.put("Gelu")
    s.put("Gelu", label="Gelu tanh", approximate="tanh")
    s.put("Mish")
    s.put("GroupNormalization", weights(4), weights(4), num_groups=2)
    s.put("Pad", np.array([1, 0, 0, 2]), "", np.array([2, 3]))
    for i, part in enumerate(s.node("Split", "x", outputs=3, axis=2, num_outputs=3)):
        s.show(f"Split {i}", part)
    s.save()


def opset7():
    """What was attributes then; and a batch of 1 that the file fixes."""
    s = Sheet(7)
    s.put("Clip", min=-0.5, max=1.0)
    s.put("Dropout", ratio=0.5)
    s.put("Pad", pads=[0, 0, 1, 0, 0, 0, 0, 2])
    s.put("Slice", starts=[1, 0], ends=[3, -1], axes=[1, 3])
    s.show("Squeeze", s.node("Squeeze", s.node("GlobalMaxPool", "x"), axes=[2, 3]))
    s.put("Unsqueeze", axes=[4])
    s.put("Softmax")
    s.put("LogSoftmax", axis=2)
    s.put("ReduceMean", axes=[2, 3])
    s.put("ReduceSum", axes=[1], keepdims=0)
    s.put("Upsample", mode="nearest", scales=[1.0, 1.0, 2.0, 2.0])
    s.put("Reshape", np.array([1, 120]))
    for i, part in enumerate(s.node("Split", "x", outputs=2, axis=1, split=[1, 3])):
        s.show(f"Split {i}", part)
    s.save(batch=1)


folder.mkdir(exist_ok=True)
export_branches()
opset17()
opset21()
opset7()
print(sum(f.stat().st_size for f in folder.iterdir()), "bytes in", folder.name)
