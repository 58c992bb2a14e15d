import 'reflect-metadata';
import { runStandalone } from './run-standalone.js';

await runStandalone();
