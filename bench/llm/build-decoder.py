"""Builds a decoder of the shape of Qwen2.5-0.5B with random weights, as onnxruntime-genai writes it: int4, key-value cache.

Usage: python build-decoder.py FOLDER TOKENIZER_JSON
Needs: onnxruntime-genai, transformers, torch, onnx_ir. FOLDER gets model.onnx, model.onnx.data, config.json and tokenizer.json.

The shape is that of https://huggingface.co/Qwen/Qwen2.5-0.5B (config.json, Apache-2.0); no weight of it is used.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import torch
from onnxruntime_genai.models.builder import create_model
from transformers import AutoConfig, PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

SEED = 1


def main(folder: Path, tokenizer: Path) -> None:
    torch.manual_seed(SEED)
    config = Qwen2Config(
        vocab_size=151_936,
        hidden_size=896,
        intermediate_size=4864,
        num_hidden_layers=24,
        num_attention_heads=14,
        num_key_value_heads=2,
        max_position_embeddings=32_768,
        rope_theta=1_000_000.0,
        rms_norm_eps=1e-6,
        tie_word_embeddings=True,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
        torch_dtype="float32",
    )
    with tempfile.TemporaryDirectory() as source, tempfile.TemporaryDirectory() as cache:
        Qwen2ForCausalLM(config).save_pretrained(source)
        PreTrainedTokenizerFast(tokenizer_file=str(tokenizer), bos_token="<s>", eos_token="</s>", pad_token="<unk>").save_pretrained(source)
        details = {
            "extra_kwargs": {},
            "hf_name": source,
            "hf_config": AutoConfig.from_pretrained(source),
        }
        create_model("", source, str(folder), "int4", "cpu", cache, hf_details=details, int4_accuracy_level=4)
    shutil.copy(tokenizer, folder / "tokenizer.json")
    (folder / "config.json").write_text(json.dumps(config.to_dict(), indent=1))
    (folder / "complete").write_text("")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
