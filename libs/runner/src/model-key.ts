import type { Order } from './messages.js';
import type { ModelFiles } from './runner.js';

/** The model an order needs open; null where it opens one of its own, or none. */
export function modelOf(order: Order): ModelFiles | null {
  switch (order.kind) {
    case 'explain':
    case 'plan':
    case 'part':
      return order.order.model;
    case 'preload':
      return order.model;
    case 'probe':
    case 'merge':
    case 'conclude':
      return null;
  }
}

/** Equal for equal versions. */
export function keyOf(model: ModelFiles): string {
  return `${model.description.name}/${model.description.version} ${model.description.sha256}`;
}
