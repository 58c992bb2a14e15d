import 'reflect-metadata';
import { runWorker } from '#assembly';
import { LimeWorkerModule } from '../../../apps/lime-worker/src/lime-worker.module.js';
import { composeForFaults } from './compose-for-faults.js';

await runWorker({ app: 'lime-worker', families: ['lime'], modules: [LimeWorkerModule], composition: composeForFaults() });
