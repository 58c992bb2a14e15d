import { withSetupLock } from './lock.mjs';
import { require } from './run.mjs';
import { hashFiles, readStamp, writeStamp } from './stamp.mjs';

const output = 'libs/persistence/src/generated';
const stamp = `${output}/.stamp`;

/** Whether the database client fits the schema and the version of Prisma that is installed. */
export function isGenerated() {
  return readStamp(stamp) === hash();
}

export async function generateMissing() {
  if (isGenerated()) return;
  await withSetupLock(generate);
}

/** For a caller that holds the lock. */
export async function generate() {
  if (isGenerated()) return;
  await require('prisma generate', process.execPath, ['node_modules/prisma/build/index.js', 'generate', '--no-hints'], {
    quiet: true,
    env: {
      // Prisma looks for its schema engine, which it would download, and does not use it for this. Any program will do.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  });
  writeStamp(stamp, hash());
}

function hash() {
  return hashFiles(['prisma/schema.prisma', 'node_modules/prisma/package.json']);
}
