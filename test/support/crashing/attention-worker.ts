import 'reflect-metadata';
import { runWorker } from '#assembly';
import { AttentionWorkerModule } from '../../../apps/attention-worker/src/attention-worker.module.js';
import { composeForFaults } from './compose-for-faults.js';

await runWorker({ app: 'attention-worker', families: ['attention'], modules: [AttentionWorkerModule], composition: composeForFaults() });
