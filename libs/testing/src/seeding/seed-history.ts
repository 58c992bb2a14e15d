import { localPrincipal } from '#access';
import type { KeyRing } from '#history';
import { Random } from '#numeric';
import pg from 'pg';
import { insertSeeded } from './insert-seeded.js';
import { seedExplanation, type SeededExplanation, type SeedModel } from './seed-explanation.js';

const BATCH = 500;
const DAY_MS = 86_400_000;

export interface SeedHistoryOptions {
  /** As the owner of the tables. */
  readonly connectionString: string;
  readonly keys: KeyRing;
  readonly tenant?: string;
  readonly models: readonly SeedModel[];
  readonly explanations: number;
  /** The newest explanation is of this moment, the oldest of `days` before. */
  readonly until: Date;
  readonly days?: number;
  readonly seed?: number;
  /** Called with each batch once it is stored. */
  readonly onStored?: (items: readonly SeededExplanation[], done: number) => void;
}

/** Fills the history of a tenant: explanations spread over time, some of them at the same moment, as batches leave them. */
export async function seedHistory(options: SeedHistoryOptions): Promise<void> {
  const { keys, tenant = localPrincipal.tenant, models, explanations, until, days = 1000, seed = 1 } = options;
  const client = new pg.Client({ connectionString: options.connectionString, application_name: 'vitrine seeding' });
  await client.connect();
  try {
    await keys.openTenant(tenant, 'system');
    const times = drawTimes(explanations, until, days, seed);
    for (let first = 0; first < explanations; first += BATCH) {
      const items = [];
      for (let number = first; number < Math.min(explanations, first + BATCH); number++)
        items.push(await seedExplanation({ keys, tenant, models, seed, number, createdAt: times[number] ?? until }));
      await insertSeeded(client, tenant, items);
      options.onStored?.(items, first + items.length);
    }
  } finally {
    await client.end();
  }
}

// Oldest first, as rows come to rest. One in ten has the moment of its neighbour.
function drawTimes(count: number, until: Date, days: number, seed: number): Date[] {
  const random = new Random(seed, 2, 0, 0);
  const ages = Float64Array.from({ length: count }, () => random.float() * days * DAY_MS).sort();
  const times: Date[] = [];
  for (let index = count - 1; index >= 0; index--) {
    const before = times.at(-1);
    times.push(before !== undefined && random.below(10) === 0 ? before : new Date(until.getTime() - Math.round(ages[index] ?? 0)));
  }
  return times;
}
