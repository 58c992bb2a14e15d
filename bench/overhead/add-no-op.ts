import { addExplainer } from '#explainers';
import { noOp } from '#testing';

// Imported first by the programs of this folder, before anything reads the registry.
addExplainer(noOp);
