import 'reflect-metadata';
import { runWorker } from '#assembly';
import { ShapWorkerModule } from './shap-worker.module.js';

await runWorker({ app: 'shap-worker', families: ['shap'], modules: [ShapWorkerModule] });
