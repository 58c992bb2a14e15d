"""Captum's LayerIntegratedGradients on the PyTorch twin of an exported BertForSequenceClassification, one thread.

Reads one line of JSON (folder, ids, outputs, steps), rebuilds the model from the ONNX initialisers, and says "ready" where the twin answers the
same. For each further line: explains once and prints milliseconds.
Needs: torch, transformers, onnx, captum.
"""

import json
import sys
import time

import onnx
import torch
from captum.attr import LayerIntegratedGradients
from onnx import numpy_helper
from transformers import BertConfig, BertForSequenceClassification

PREFIX = "m."
ROWS = 8
CLASS = 1


def read_weights(path: str) -> dict[str, torch.Tensor]:
    """Weights by their names in PyTorch. Matrices of linear layers lost theirs in the export: the node that reads one tells it."""
    graph = onnx.load(path).graph
    stored = {one.name: torch.from_numpy(numpy_helper.to_array(one).copy()) for one in graph.initializer}
    for node in graph.node:
        # Weights that are kept in few bits: cast, and scaled by row or column.
        known = all(name in stored for name in node.input)
        if node.op_type == "Cast" and known:
            stored[node.output[0]] = stored[node.input[0]].float()
        if node.op_type == "Mul" and known:
            stored[node.output[0]] = stored[node.input[0]] * stored[node.input[1]]
    weights = {name.removeprefix(PREFIX): tensor for name, tensor in stored.items() if name.startswith(PREFIX)}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in stored:
            layer = node.name.removeprefix("/m/").removesuffix("/MatMul").replace("/", ".")
            weights[f"{layer}.weight"] = stored[node.input[1]].T.contiguous()
    return weights


def build_twin(folder: str) -> BertForSequenceClassification:
    with open(f"{folder}/config.json", encoding="utf-8") as file:
        twin = BertForSequenceClassification(BertConfig(**json.load(file)))
    missing, _ = twin.load_state_dict(read_weights(f"{folder}/model.onnx"), strict=False)
    lacking = [name for name in missing if "position_ids" not in name]
    if lacking:
        raise ValueError(f"the file lacks {lacking}")
    return twin.eval()


def main() -> None:
    torch.set_num_threads(1)
    work = json.loads(sys.stdin.readline())
    twin = build_twin(work["folder"])
    ids = torch.tensor([work["ids"]])
    with torch.no_grad():
        answer = twin(ids).logits[0]
    if not torch.allclose(answer, torch.tensor(work["outputs"], dtype=torch.float32), atol=1e-3):
        raise ValueError(f"the twin answers {answer.tolist()}, the model {work['outputs']}")
    baseline = ids.clone()
    baseline[0, 1:-1] = twin.config.pad_token_id
    explainer = LayerIntegratedGradients(lambda rows: twin(rows).logits, twin.bert.embeddings.word_embeddings)

    def explain() -> float:
        started = time.perf_counter()
        explainer.attribute(ids, baselines=baseline, target=CLASS, n_steps=work["steps"], internal_batch_size=ROWS)
        return (time.perf_counter() - started) * 1000

    explain()
    print("ready", flush=True)
    for _ in sys.stdin:
        print(explain(), flush=True)


main()
