import { MessagePattern } from '@nestjs/microservices';
import { explainers } from '#explainers';

/** Marks the handler of every method of one worker family. The methods come from the registry, so a new one needs no line here. */
export function HandlesFamily(family: string): MethodDecorator {
  return MessagePattern(explainers.filter((explainer) => explainer.family === family).map((explainer) => explainer.method));
}
