import 'reflect-metadata';
import { runWorker } from '#assembly';
import { GradientWorkerModule } from './gradient-worker.module.js';

await runWorker({ app: 'gradient-worker', families: ['gradient'], modules: [GradientWorkerModule] });
