import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { HandlesFamily, JobProcessor, type JobMessage } from '#jobs';

/** Runs the jobs of the gradient family. */
@Controller()
export class GradientController {
  constructor(private readonly processor: JobProcessor) {}

  @HandlesFamily('gradient')
  handle(@Payload() message: JobMessage): Promise<void> {
    return this.processor.process(message.jobId);
  }
}
