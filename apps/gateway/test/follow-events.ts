import { request, type ClientRequest, type IncomingHttpHeaders } from 'node:http';
import type { JobAnswer } from '../src/jobs/job-answer.js';

export interface ReceivedEvent {
  readonly id: number;
  readonly kind: string;
  readonly job: JobAnswer;
}

export interface EventStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly events: ReceivedEvent[];
  readonly comments: string[];
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  readonly close: () => void;
}

/** Opens a stream of server-sent events and collects what comes. */
export function followEvents(
  port: number,
  jobId: string,
  headers: Record<string, string> = {},
  onEvent: (event: ReceivedEvent) => void = () => undefined,
): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    const outgoing: ClientRequest = request(
      { port, host: '127.0.0.1', agent: false, path: `/v1/jobs/${jobId}/events`, headers },
      (incoming) => {
        const events: ReceivedEvent[] = [];
        const comments: string[] = [];
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
            const block = text.slice(0, end);
            text = text.slice(end + 2);
            if (block.startsWith(':')) comments.push(block.slice(1).trim());
            const event = readEvent(block);
            if (event === null) continue;
            events.push(event);
            onEvent(event);
          }
        });
        const ended = new Promise<void>((done) => incoming.on('end', done));
        incoming.on('error', () => undefined); // cut by `close`
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          events,
          comments,
          ended,
          close: () => outgoing.destroy(),
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}

function readEvent(block: string): ReceivedEvent | null {
  const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
  const data = fields.get('data');
  return data === undefined ? null : { id: Number(fields.get('id')), kind: fields.get('event') ?? '', job: JSON.parse(data) as JobAnswer };
}
