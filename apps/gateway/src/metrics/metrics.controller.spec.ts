import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { goodJob, startTestGateway, type TestGateway } from '../../test/start-test-gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.app.close());

async function scrape(): Promise<string> {
  const { status, headers, text } = await gateway.call({ url: '/metrics' });
  expect([status, headers['content-type']]).toEqual([200, expect.stringContaining('text/plain')]);
  return text;
}

describe('GET /metrics', () => {
  it('counts what was explained', async () => {
    await gateway.call({ method: 'POST', url: '/v1/jobs', body: { ...goodJob, params: { budget: 48 } } });
    await gateway.runJobs();
    const text = await scrape();
    expect(text).toContain('vitrine_evaluations_total{method="toy-shap"} 48');
    expect(text).toContain('vitrine_jobs_ended_total{method="toy-shap",outcome="SUCCEEDED"} 1');
  });

  it('measures requests by the pattern of their route: no id and no address of a caller is in any label', async () => {
    await gateway.call({ url: '/v1/jobs/01890000-0000-7000-8000-00000000abcd' });
    await gateway.call({ url: '/v1/never-was/secret-word' });
    const text = await scrape();
    expect(text).toContain('vitrine_request_seconds_count{method="GET",route="/v1/jobs/:id",status="404"} 1');
    expect(text).toContain('vitrine_request_seconds_count{method="GET",route="unmatched",status="404"} 1');
    expect(text).not.toContain('abcd');
    expect(text).not.toContain('secret-word');
  });
});
