import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { examples } from './examples.js';
import type { Paint } from './paint.js';
import { renderExplanation } from './render-explanation.js';
import { storedExplanation, type StoredExplanation } from './stored-explanation.js';

const jobAnswer = z.object({
  id: z.string(),
  state: z.string(),
  progress: z.object({ done: z.number(), total: z.number(), phase: z.string() }),
  explanationId: z.string().nullish(),
  error: z.object({ code: z.string(), detail: z.string(), remedy: z.string() }).nullish(),
});

export interface Screen {
  line(text: string): void;
  /** Overwrites the last progress line where the terminal can; '' clears it. */
  progress(text: string): void;
}

/** An example that did not end in an explanation. */
export class ExampleFailed extends Error {
  override readonly name = 'ExampleFailed';
}

/**
 * Submits the example jobs over REST, waits for each, and prints the stored explanation as it is read back.
 *
 * @returns the stored explanations, in order
 * @throws ExampleFailed with the reason in words
 */
export async function runExamples(
  url: string,
  headers: Readonly<Record<string, string>>,
  paint: Paint,
  screen: Screen,
): Promise<readonly StoredExplanation[]> {
  const stored: StoredExplanation[] = [];
  for (const [index, example] of examples.entries()) {
    screen.line('');
    screen.line(`${index + 1}  ${paint.bold(example.question)}`);
    screen.line('');
    const id = await explain(url, headers, example.request, screen);
    const explanation = storedExplanation.parse(await ask(`${url}/v1/explanations/${id}`, { headers }));
    for (const line of renderExplanation(explanation, paint)) screen.line(line === '' ? '' : `   ${line}`);
    screen.line(`   ${paint.dim('Open it in a browser:')} ${url}/v1/explanations/${id}`);
    stored.push(explanation);
  }
  return stored;
}

async function explain(url: string, headers: Readonly<Record<string, string>>, request: unknown, screen: Screen): Promise<string> {
  const body = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(request) };
  let job = jobAnswer.parse(await ask(`${url}/v1/jobs`, body));
  while (job.state === 'QUEUED' || job.state === 'RUNNING') {
    screen.progress(
      job.progress.total > 0 ? `   ${job.progress.done} of ${job.progress.total} evaluations` : `   ${job.state.toLowerCase()}`,
    );
    await pause(100);
    job = jobAnswer.parse(await ask(`${url}/v1/jobs/${job.id}`, { headers }));
  }
  screen.progress('');
  if (job.explanationId != null) return job.explanationId;
  throw new ExampleFailed(job.error == null ? `the job ended ${job.state}` : `${job.error.code}: ${job.error.detail} ${job.error.remedy}`);
}

async function ask(url: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  const answer: unknown = await response.json();
  if (!response.ok) throw new ExampleFailed(`${response.status} ${JSON.stringify(answer)}`);
  return answer;
}
