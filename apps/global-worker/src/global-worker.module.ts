import { Module } from '@nestjs/common';
import { GlobalController } from './global.controller.js';

/** The global family. Whoever composes it provides a JobProcessor globally. */
@Module({ controllers: [GlobalController] })
export class GlobalWorkerModule {}
