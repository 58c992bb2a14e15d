import { Module, type DynamicModule } from '@nestjs/common';
import { JobProcessor } from '#jobs';

/** Gives the one job processor of this process to every worker module. */
@Module({})
export class ProcessorModule {
  static register(processor: JobProcessor): DynamicModule {
    return { module: ProcessorModule, global: true, providers: [{ provide: JobProcessor, useValue: processor }], exports: [JobProcessor] };
  }
}
