import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';
import { NestLogger } from './nest-logger.js';
import { withRequestContext } from './request-context.js';

function record(options: { secrets?: readonly string[]; level?: 'trace' | 'info' } = {}) {
  const lines: string[] = [];
  const logger = createLogger({
    level: options.level ?? 'info',
    app: 'test',
    secrets: options.secrets ?? [],
    destination: { write: (line: string) => void lines.push(line) },
  });
  return { logger, lines, parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('createLogger', () => {
  it('writes one line per call, whatever line breaks the values hold', () => {
    const { logger, lines } = record();
    logger.info({ label: 'a\r\n{"level":"fatal"}' }, 'first\r\nsecond\u2028third');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[^\r\n]*\n$/);
  });

  it('carries the request and the job through everything awaited', async () => {
    const { logger, parsed } = record();
    await withRequestContext({ requestId: 'r1' }, async () => {
      await Promise.resolve();
      await withRequestContext({ jobId: 'j1' }, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        logger.info('inside');
      });
      logger.info('between');
    });
    logger.info('outside');
    expect(parsed().map(({ requestId, jobId }) => [requestId, jobId])).toEqual([
      ['r1', 'j1'],
      ['r1', undefined],
      [undefined, undefined],
    ]);
  });

  it('hides secrets by name, by value, and inside URLs', () => {
    const { logger, lines } = record({ secrets: ['s3cr"et-value'] });
    logger.info({ adminKey: 'A-1', headers: { authorization: 'B-2' }, request: { headers: { cookie: 'C-3' } } }, 'x');
    logger.error(new Error('cannot reach postgres://user:D-4@host/db with s3cr"et-value'));
    expect(lines.join('')).not.toMatch(/A-1|B-2|C-3|D-4|s3cr|et-value/);
    for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it('leaves out what is below its level', () => {
    const { logger, lines } = record();
    logger.debug('no');
    expect(lines).toEqual([]);
  });
});

describe('NestLogger', () => {
  it('keeps context and stack, and makes the framework quiet', () => {
    const { logger, parsed } = record({ level: 'trace' });
    const nest = new NestLogger(logger);
    nest.log('mapped', 'RouterExplorer');
    nest.error('boom', 'Error: boom\n  at x', 'ExceptionsHandler');
    nest.error(new TypeError('typed'));
    expect(parsed()).toEqual([
      expect.objectContaining({ level: 'debug', msg: 'mapped', context: 'RouterExplorer' }),
      expect.objectContaining({ level: 'error', msg: 'boom', context: 'ExceptionsHandler', stack: 'Error: boom\n  at x' }),
      expect.objectContaining({ level: 'error', msg: 'typed', err: expect.objectContaining({ type: 'TypeError' }) as unknown }),
    ]);
  });
});
