import { explainers } from '#explainers';
import { OnnxModels } from '#inference';
import { serveOrders } from './serve-orders.js';

/** Entry of the child processes that ChildPool starts. */
serveOrders({ explainers, models: new OnnxModels(), openModels: 4 });
