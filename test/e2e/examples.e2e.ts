import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Platform, type Json } from '../support/platform.js';

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
}, 120_000);
afterAll(async () => {
  await platform.stop();
}, 60_000);

interface Example {
  readonly value: Json;
}

describe('the examples of the OpenAPI document', () => {
  it('are accepted, each with the model that it names', async () => {
    const document = (await platform.call('GET', '/openapi.json')).json() as unknown as {
      readonly paths: Record<string, { post?: { requestBody?: { content: Record<string, { examples?: Record<string, Example> }> } } }>;
    };
    const examples = Object.entries(document.paths['/v1/jobs']?.post?.requestBody?.content['application/json']?.examples ?? {});
    expect(examples.length).toBeGreaterThan(20);
    const refused: unknown[] = [];
    for (const [name, { value }] of examples) {
      const answer = await platform.call('POST', '/v1/jobs', { ...value, validateOnly: true });
      if (answer.status !== 200) refused.push([name, answer.status, answer.json()['detail']]);
    }
    expect(refused).toEqual([]);
  }, 240_000);
});
