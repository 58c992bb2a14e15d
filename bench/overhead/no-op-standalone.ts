import 'reflect-metadata';
import './add-no-op.js';
import { fileURLToPath } from 'node:url';
import { runStandalone } from '../../apps/standalone/src/run-standalone.js';

await runStandalone({ childEntry: fileURLToPath(new URL('./no-op-child.js', import.meta.url)) });
