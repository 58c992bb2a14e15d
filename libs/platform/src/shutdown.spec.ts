import { describe, expect, it } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { Shutdown } from './shutdown.js';

describe('Shutdown', () => {
  it('goes phase by phase, and closes what was opened last first', async () => {
    const shutdown = new Shutdown();
    const order: string[] = [];
    const step = (name: string) => async () => {
      await wait(1);
      order.push(name);
    };
    shutdown.register('close', 'database', step('database'));
    shutdown.register('close', 'queue', step('queue'));
    shutdown.register('kill', 'children', step('children'));
    shutdown.register('stop-taking', 'worker', step('worker'));
    shutdown.register('drain', 'jobs', step('jobs'));
    expect(await shutdown.run({ graceMs: 1000 })).toEqual({ failed: [], unfinished: [] });
    expect(order).toEqual(['worker', 'jobs', 'children', 'queue', 'database']);
  });

  it('does not wait for ever, and a step that fails or hangs keeps no other from running', async () => {
    const shutdown = new Shutdown();
    const order: string[] = [];
    const never = () => new Promise<void>(() => undefined);
    shutdown.register('stop-taking', 'broken', () => {
      throw new Error('no');
    });
    shutdown.register('drain', 'stuck', never);
    shutdown.register('close', 'first', () => void order.push('first'));
    shutdown.register('close', 'hangs', never);
    expect(await shutdown.run({ graceMs: 5, phaseMs: 5 })).toEqual({ failed: ['broken'], unfinished: ['hangs'] });
    expect(order).toEqual(['first']);
  });

  it('runs once, however often it is asked', async () => {
    const shutdown = new Shutdown();
    let runs = 0;
    shutdown.register('close', 'count', () => {
      runs += 1;
    });
    expect(shutdown.begun).toBe(false);
    const reports = await Promise.all([shutdown.run({ graceMs: 1 }), shutdown.run({ graceMs: 1 })]);
    expect(reports[0]).toBe(reports[1]);
    expect(shutdown.begun).toBe(true);
    expect(runs).toBe(1);
  });
});
