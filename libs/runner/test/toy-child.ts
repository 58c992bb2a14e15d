import { serveOrders } from '../src/serve-orders.js';
import { toyExplainer } from './toy-explainer.js';
import { ToyModelSource } from './toy-model.js';

serveOrders({ explainers: [toyExplainer], models: new ToyModelSource(), openModels: 2 });
