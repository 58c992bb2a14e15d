import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { Platform, type Json } from '../support/platform.js';

const person = {
  ...{ age: 41, workclass: 'Private', education_num: 9, marital_status: 'Divorced', occupation: 'Craft-repair', relationship: 'Unmarried' },
  ...{ race: 'White', sex: 'Male', capital_gain: 2174, capital_loss: 0, hours_per_week: 40, native_country: 'United-States' },
};
const { age: _age, ...ageless } = person;
const poison: Readonly<Record<number, unknown>> = {
  17: { features: ageless },
  500: { features: { ...person, colour: 'red' } },
  999: { text: 'no person at all' },
};
const inputs = Array.from({ length: 1000 }, (_item, index) => poison[index] ?? { features: { ...person, age: 17 + (index % 60) } });

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
}, 120_000);
afterAll(async () => {
  await platform.stop();
}, 60_000);

const read = async (id: string) => (await platform.call('GET', `/v1/batches/${id}`)).json();

async function finished(id: string): Promise<Json> {
  for (;;) {
    const batch = await read(id);
    if (batch['state'] === 'FINISHED') return batch;
    await pause(200);
  }
}

async function allItems(id: string, query = ''): Promise<Json[]> {
  const items: Json[] = [];
  for (let path: string | null = `/v1/batches/${id}/items?pageSize=200${query}`; path !== null;) {
    const page: Json = (await platform.call('GET', path)).json();
    items.push(...(page['items'] as Json[]));
    const token = page['nextPageToken'];
    path = typeof token === 'string' ? `/v1/batches/${id}/items?pageSize=200${query}&pageToken=${token}` : null;
  }
  return items;
}

describe('a batch of a thousand with three that cannot be run', () => {
  it('finishes, and says what became of each', async () => {
    const answer = await platform.call('POST', '/v1/batches', { method: 'occlusion', model: { name: 'adult-lightgbm' }, inputs, seed: 1 });
    expect(answer.status).toBe(202);
    const id = String(answer.json()['id']);
    expect(answer.json()).toMatchObject({ n: 1000, refused: 3 });
    const batch = await finished(id);
    expect(batch).toMatchObject({ n: 1000, refused: 3, counts: { SUCCEEDED: 997, FAILED: 0, QUEUED: 0, RUNNING: 0 } });
    const items = await allItems(id);
    expect(items.map((item) => item['index'])).toEqual(inputs.map((_input, index) => index));
    const refused = await allItems(id, '&state=REFUSED');
    expect(refused.map((item) => [item['index'], (item['error'] as Json)['code']])).toEqual([
      [17, 'COLUMN_MISSING'],
      [500, 'COLUMN_UNKNOWN'],
      [999, 'INPUT_KIND_MISMATCH'],
    ]);
    expect((refused[1]?.['error'] as { errors: Json[] }).errors[0]).toMatchObject({ pointer: '/inputs/500/features/colour' });
    const explanations = items.flatMap((item) => ('job' in item ? [(item['job'] as Json)['explanationId']] : []));
    expect(new Set(explanations).size).toBe(997);
    const last = (await platform.call('GET', `/v1/explanations/${String(explanations.at(-1))}`)).json();
    expect(last['input']).toEqual(inputs[998]);
  }, 600_000);

  it('is cancelled in the middle: what has ended stays, the rest ends', async () => {
    const answer = await platform.call('POST', '/v1/batches', { method: 'occlusion', model: { name: 'adult-lightgbm' }, inputs, seed: 2 });
    const id = String(answer.json()['id']);
    while (((await read(id))['counts'] as Record<string, number>)['SUCCEEDED'] === 0) await pause(20);
    expect([200, 202]).toContain((await platform.call('POST', `/v1/batches/${id}/cancel`)).status);
    const counts = (await finished(id))['counts'] as Record<string, number>;
    expect((counts['SUCCEEDED'] ?? 0) + (counts['CANCELLED'] ?? 0)).toBe(997);
    expect(counts['CANCELLED']).toBeGreaterThan(0);
    expect((await platform.call('POST', `/v1/batches/${id}/cancel`)).status).toBe(200);
  }, 300_000);
});
