import type { Explainer } from './contract/any-explainer.js';
import { attentionRollout } from './attention-rollout/attention-rollout.js';
import { attention } from './attention/attention.js';
import { attentionRelevance } from './attention-relevance/attention-relevance.js';
import { exactShap } from './exact-shap/exact-shap.js';
import { globalImportance } from './global-importance/global-importance.js';
import { gradCam } from './grad-cam/grad-cam.js';
import { headAblation } from './head-ablation/head-ablation.js';
import { headImportance } from './head-importance/head-importance.js';
import { integratedGradients } from './integrated-gradients/integrated-gradients.js';
import { kernelShap } from './kernel-shap/kernel-shap.js';
import { limeTabular } from './lime-tabular/lime-tabular.js';
import { limeText } from './lime-text/lime-text.js';
import { occlusion } from './occlusion/occlusion.js';
import { permutationShap } from './permutation-shap/permutation-shap.js';
import { saliency } from './saliency/saliency.js';
import { smoothGrad } from './smooth-grad/smooth-grad.js';

/** Every method there is. Adding a method is a folder beside this file and one line here. */
export const explainers: readonly Explainer[] = [
  attention,
  attentionRelevance,
  attentionRollout,
  exactShap,
  globalImportance,
  gradCam,
  headAblation,
  headImportance,
  integratedGradients,
  kernelShap,
  limeTabular,
  limeText,
  occlusion,
  permutationShap,
  saliency,
  smoothGrad,
];

/**
 * Adds a method that is not part of the product, as benchmarks and tests of the whole platform need. For a composition root, before
 * anything else is imported: workers and routes read the registry once.
 */
export function addExplainer(explainer: Explainer): void {
  (explainers as Explainer[]).push(explainer);
}
