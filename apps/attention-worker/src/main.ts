import 'reflect-metadata';
import { runWorker } from '#assembly';
import { AttentionWorkerModule } from './attention-worker.module.js';

await runWorker({ app: 'attention-worker', families: ['attention'], modules: [AttentionWorkerModule] });
