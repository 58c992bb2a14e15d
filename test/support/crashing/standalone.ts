import 'reflect-metadata';
import { runStandalone } from '../../../apps/standalone/src/run-standalone.js';
import { composeForFaults } from './compose-for-faults.js';

await runStandalone(composeForFaults());
