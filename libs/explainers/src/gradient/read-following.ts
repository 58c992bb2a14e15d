import type { GeneratedToken } from '../attention/attention-result.js';
import { chooseToken } from '../attention/choose-token.js';
import { expectGoing } from '../attention/expect-going.js';
import { readOn, type ReadingOn } from '../attention/read-on.js';
import { TokenLog } from '../attention/token-log.js';
import type { ExplainContext, ExplainRequest } from '../contract/explainer.js';
import type { LanguageModel } from '../contract/model.js';

/** How many other tokens are named for each one that follows. */
const rivals = 5;

/**
 * The tokens that follow, given or chosen, with their log-probabilities.
 *
 * @throws ExplainProblem CANCELLED, or as `TokenSequence.read`
 */
export async function readFollowing(
  request: Pick<ExplainRequest<unknown>, 'input' | 'seed'>,
  reading: ReadingOn & { readonly model: Pick<LanguageModel, 'outputs' | 'endTokens' | 'spell' | 'nameOf'> },
  context: ExplainContext,
): Promise<readonly GeneratedToken[]> {
  const { model, first, completion, count } = reading;
  const log = new TokenLog(model, first, rivals);
  for await (const { logits } of readOn(reading, log, false, context)) {
    expectGoing(context);
    const id = completion?.ids[log.length] ?? chooseToken(request, logits, log.length);
    log.add(id, logits);
    context.report({ done: log.length, total: count, phase: completion === null ? 'generating' : 'reading' });
    if (completion === null && model.endTokens.includes(id)) break;
  }
  return log.list();
}
