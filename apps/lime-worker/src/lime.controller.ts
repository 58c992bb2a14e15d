import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { HandlesFamily, JobProcessor, type JobMessage } from '#jobs';

/** Runs the jobs of the lime family. */
@Controller()
export class LimeController {
  constructor(private readonly processor: JobProcessor) {}

  @HandlesFamily('lime')
  handle(@Payload() message: JobMessage): Promise<void> {
    return this.processor.process(message.jobId);
  }
}
