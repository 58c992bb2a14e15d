import 'reflect-metadata';
import { runWorker } from '#assembly';
import { ShapWorkerModule } from '../../../apps/shap-worker/src/shap-worker.module.js';
import { composeForFaults } from './compose-for-faults.js';

await runWorker({ app: 'shap-worker', families: ['shap'], modules: [ShapWorkerModule], composition: composeForFaults() });
