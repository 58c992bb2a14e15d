import 'reflect-metadata';
import { runWorker } from '#assembly';
import { GradientWorkerModule } from '../../../apps/gradient-worker/src/gradient-worker.module.js';
import { composeForFaults } from './compose-for-faults.js';

await runWorker({ app: 'gradient-worker', families: ['gradient'], modules: [GradientWorkerModule], composition: composeForFaults() });
