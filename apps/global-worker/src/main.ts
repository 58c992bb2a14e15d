import 'reflect-metadata';
import { runWorker } from '#assembly';
import { GlobalWorkerModule } from './global-worker.module.js';

await runWorker({ app: 'global-worker', families: ['global'], modules: [GlobalWorkerModule] });
