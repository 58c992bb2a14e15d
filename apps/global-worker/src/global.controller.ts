import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { HandlesFamily, JobProcessor, type JobMessage } from '#jobs';

/** Runs the jobs of the global family. */
@Controller()
export class GlobalController {
  constructor(private readonly processor: JobProcessor) {}

  @HandlesFamily('global')
  handle(@Payload() message: JobMessage): Promise<void> {
    return this.processor.process(message.jobId);
  }
}
