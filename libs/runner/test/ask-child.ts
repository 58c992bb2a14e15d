import { OnnxModels } from '#inference';
import { serveOrders } from '../src/serve-orders.js';
import { askExplainer } from './ask-explainer.js';

serveOrders({ explainers: [askExplainer], models: new OnnxModels(), openModels: 2 });
