import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { goodJob, startTestGateway, type TestGateway } from '../../test/start-test-gateway.js';
import type { JobAnswer } from '../jobs/job-answer.js';
import type { ExplanationAnswer } from './explanation-answer.js';

const attack = 'A <img src=x onerror=alert(1)> "film" & more.';

let gateway: TestGateway;
let text: ExplanationAnswer;
let table: ExplanationAnswer;

beforeAll(async () => {
  gateway = await startTestGateway();
  text = await explain({ input: { text: attack }, labels: { '<b>': '"><script>alert(1)</script>' } });
  table = await explain({
    method: 'toy-sampling',
    model: { name: 'income' },
    input: { features: { age: 39, workclass: 'Private' } },
    params: { players: 'columns', budget: 8 },
  });
});
afterAll(() => gateway.app.close());

async function explain(body: object): Promise<ExplanationAnswer> {
  const { id } = (await gateway.call<JobAnswer>({ url: '/v1/jobs', body: { ...goodJob, ...body } })).body;
  await gateway.runJobs();
  const { explanationId } = (await gateway.call<JobAnswer>({ url: `/v1/jobs/${id}` })).body;
  return (await gateway.call<ExplanationAnswer>({ url: `/v1/explanations/${explanationId}` })).body;
}

const get = (accept: string | null, rest = '', of = text) =>
  gateway.call({ url: `/v1/explanations/${of.id}${rest}`, headers: accept === null ? {} : { accept } });

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';
const IMAGE = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8';

describe('the form of an explanation', () => {
  it.each([
    [null, 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    [BROWSER, 'text/html'],
    [IMAGE, 'image/svg+xml'],
    ['image/png;q=0.9, image/svg+xml;q=0.1', 'image/svg+xml'],
    ['text/html;q=0.2, application/json;q=0.3', 'application/json'],
  ])('for Accept %s is %s', async (accept, type) => {
    const { status, headers } = await get(accept);
    expect([status, headers.vary]).toEqual([200, 'Accept']);
    expect(headers['content-type']).toMatch(new RegExp(`^${type.replace('+', '\\+')}; charset=utf-8`));
  });

  it('can be named in the address, for links', async () => {
    expect((await get(BROWSER, '?format=json')).body).toMatchObject({ id: text.id });
    expect((await get(null, '?format=svg')).headers['content-type']).toMatch(/^image\/svg/);
  });

  it.each(['image/png', 'application/pdf', 'text/html;q=0'])('does not exist for Accept %s', async (accept) => {
    const { status, headers, body } = await gateway.refuse({ url: `/v1/explanations/${text.id}`, headers: { accept } });
    expect([status, body.code, headers.vary]).toEqual([406, 'NOT_ACCEPTABLE', 'Accept']);
    expect(body.detail).toContain('application/json, text/html, image/svg+xml');
  });

  it('is not there as a picture that the explanation has not, however it is asked for', async () => {
    const url = `/v1/explanations/${text.id}`;
    const asked = [{ url: `${url}?format=png` }, { url: `${url}?format=png&target=0` }, { url, headers: { accept: 'image/png' } }];
    const answers = await Promise.all(asked.map((one) => gateway.refuse(one)));
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(asked.map(() => [406, 'NOT_ACCEPTABLE']));
    expect(answers[0]?.body.detail).toBe('format is png; the explanation is there as application/json, text/html, image/svg+xml');
    expect(answers[0]?.body.remedy).toBe('Ask for format=json, html or svg; explanations of pictures have a png.');
  });

  it('has a tag of its own, and answers 304 to whoever has it', async () => {
    const tags = new Set<string>();
    for (const rest of ['', '?format=html', '?format=svg', '?format=svg&figure=bars']) {
      const { headers } = await get(null, rest);
      const etag = headers.etag ?? '';
      expect(etag.startsWith(`"${text.resultHash}`)).toBe(true);
      tags.add(etag);
      const again = await gateway.call({ url: `/v1/explanations/${text.id}${rest}`, headers: { 'if-none-match': etag } });
      expect([again.status, again.text, again.headers.vary]).toEqual([304, '', 'Accept']);
    }
    expect(tags.size).toBe(4);
    expect(tags.has(`"${text.resultHash}"`)).toBe(true);
  });

  it('reads every parameter that is given, or refuses it', async () => {
    for (const rest of [
      ...['?theme=dark', '?target=0', '?format=html&figure=bars', '?format=svg&theme=blue', '?format=svg&target=-1'],
      ...['?format=svg&target=1', '?format=html&target=1', '?format=svg&figure=heatmap'],
    ])
      expect((await gateway.refuse({ url: `/v1/explanations/${text.id}${rest}` })).body).toMatchObject({
        status: 400,
        code: 'FILTER_INVALID',
      });
    expect((await gateway.refuse({ url: `/v1/explanations/${table.id}?format=svg&figure=text` })).body.code).toBe('FILTER_INVALID');
    expect((await get(null, '?format=svg&figure=bars&theme=dark&target=0')).status).toBe(200);
  });
});

describe.each(['?format=svg', '?format=svg&figure=bars', '?format=html'])('%s', (rest) => {
  it('shows words as words: nothing of them becomes markup', async () => {
    const { text: body } = await get(null, rest);
    expect(body).not.toMatch(/<(?:img|script|iframe|object|foreignObject|b)\b/i);
    expect(body).not.toMatch(/<[^>]+\son\w+=/i);
    expect(body).toContain('&lt;img');
  });

  it('loads nothing: no address in it but its own record and the name of SVG', async () => {
    const { text: body } = await get(null, rest);
    const addresses = [...body.matchAll(/<[a-z][^>]*\s(?:src|href|xlink:href|action|data|poster)="([^"]*)"/gi)].map((match) => match[1]);
    const own = ['data:,', `/v1/explanations/${text.id}?format=json`, `/v1/explanations/${text.id}/canonical`];
    expect(addresses).toEqual(rest === '?format=html' ? own : []);
    expect(body).not.toMatch(/url\(/);
    expect(body.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\/|@import/);
  });

  it('is held by its policy: no script, one style sheet, known by its hash', async () => {
    const { text: body, headers } = await get(null, rest);
    const style = /<style>(.*?)<\/style>/s.exec(body)?.[1] ?? '';
    const policy = headers['content-security-policy'];
    expect(policy).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(policy).toMatch(/^default-src 'none';/);
    expect(body.match(/<style>/g)).toHaveLength(1);
    expect(body).not.toMatch(/\sstyle="/);
  });
});

describe('the page of an explanation', () => {
  it('holds every number of the result, to the last digit', async () => {
    for (const one of [text, table]) {
      const { text: page } = await get(null, '?format=html', one);
      const numbers = [...page.matchAll(/<data value="([^"]*)"/g)].map((match) => Number(match[1]));
      const [target] = one.targets;
      const expected = [
        ...[target?.score, target?.baseScore, target?.completenessGap],
        ...(one.attributions[0] ?? []).flatMap((value, index) => [value, one.standardErrors?.[0]?.[index]]),
        ...one.prediction.map((answer) => ('probability' in answer ? answer.probability : answer.value)).sort((a, b) => b - a),
      ];
      expect(numbers).toEqual(expected);
    }
  });

  it('says what was explained, by what, and how to run it again', async () => {
    const { text: page } = await get(null, '?format=html', table);
    for (const words of [
      ...['positive 75.0\u00a0%', 'toy-sampling', 'income v1', 'seed 7', table.resultHash, table.model.sha256, table.id],
      ...['Nothing is explained.', 'not distinguishable from 0', 'age = 39', 'workclass = Private'],
    ])
      expect(page).toContain(words);
  });

  it('brings its policy along where no header does: as a file', async () => {
    const { text: page } = await get(null, '?format=html');
    expect(page).toMatch(/<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;/);
  });

  it('takes the theme that is asked for', async () => {
    expect((await get(null, '?format=html&theme=dark')).text).toContain('<style>:root{color-scheme:dark}');
    expect((await get(null, '?format=html')).text).toContain('prefers-color-scheme:dark');
    expect((await get(null, '?format=svg&theme=light')).text).not.toContain('prefers-color-scheme');
  });
});
