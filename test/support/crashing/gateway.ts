import 'reflect-metadata';
import { runGateway } from '../../../apps/gateway/src/run-gateway.js';
import { composeForFaults } from './compose-for-faults.js';

await runGateway(composeForFaults());
