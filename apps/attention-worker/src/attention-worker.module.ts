import { Module } from '@nestjs/common';
import { AttentionController } from './attention.controller.js';

/** The attention family. Whoever composes it provides a JobProcessor globally. */
@Module({ controllers: [AttentionController] })
export class AttentionWorkerModule {}
