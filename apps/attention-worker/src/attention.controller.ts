import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { HandlesFamily, JobProcessor, type JobMessage } from '#jobs';

/** Runs the jobs of the attention family. */
@Controller()
export class AttentionController {
  constructor(private readonly processor: JobProcessor) {}

  @HandlesFamily('attention')
  handle(@Payload() message: JobMessage): Promise<void> {
    return this.processor.process(message.jobId);
  }
}
