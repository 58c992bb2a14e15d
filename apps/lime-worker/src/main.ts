import 'reflect-metadata';
import { runWorker } from '#assembly';
import { LimeWorkerModule } from './lime-worker.module.js';

await runWorker({ app: 'lime-worker', families: ['lime'], modules: [LimeWorkerModule] });
