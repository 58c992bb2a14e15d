/**
 * The input of merged decoders, one boolean, that chooses between a branch with a cache and one without. It is always true here: a cache of no
 * token serves as none.
 *
 * Source: optimum, onnx/graph_transformations.py (merge_decoders).
 */
export const mergedInput = 'use_cache_branch';
