import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { HandlesFamily, JobProcessor, type JobMessage } from '#jobs';

/** Runs the jobs of the shap family. */
@Controller()
export class ShapController {
  constructor(private readonly processor: JobProcessor) {}

  @HandlesFamily('shap')
  handle(@Payload() message: JobMessage): Promise<void> {
    return this.processor.process(message.jobId);
  }
}
