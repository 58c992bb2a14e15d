import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startTestDatabase } from '#testing';

/** A floor program over a PostgreSQL of its own, set up like the embedded one. */
export async function startFloor(
  kind: 'floor' | 'guaranteed-floor',
  children: number,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const database = await startTestDatabase();
  const program = fileURLToPath(new URL(`./${kind}.js`, import.meta.url));
  const child = spawn(process.execPath, [program, database.connectionString, String(children)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const found = /listening on (\S+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    void exited.then(() => reject(new Error('the floor program ended')));
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      await database.stop();
    },
  };
}
