import 'reflect-metadata';
import { runWorker } from '#assembly';
import { GlobalWorkerModule } from '../../../apps/global-worker/src/global-worker.module.js';
import { composeForFaults } from './compose-for-faults.js';

await runWorker({ app: 'global-worker', families: ['global'], modules: [GlobalWorkerModule], composition: composeForFaults() });
