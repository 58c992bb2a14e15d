import { Module } from '@nestjs/common';
import { LimeController } from './lime.controller.js';

/** The lime family. Whoever composes it provides a JobProcessor globally. */
@Module({ controllers: [LimeController] })
export class LimeWorkerModule {}
