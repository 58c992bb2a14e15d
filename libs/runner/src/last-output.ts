import type { Readable } from 'node:stream';
import { scrub } from '#platform';

const keptCharacters = 4096;

/** The end of what a child wrote on its standard streams; the rest is dropped. */
export class LastOutput {
  private text = '';

  follow(stream: Readable | null): void {
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      this.text = (this.text + chunk).slice(-keptCharacters);
    });
    stream?.on('error', () => undefined); // the stream of a killed process
  }

  /** As it was written; for the log. */
  get raw(): string {
    return this.text;
  }

  /** The last line that says something, fit to leave the machine; null when there is none. */
  lastLine(): string | null {
    const lines = scrub(this.text)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /\p{L}{3}/u.test(line));
    return lines.at(-1)?.slice(0, 300) ?? null;
  }
}
