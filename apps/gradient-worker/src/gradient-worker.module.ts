import { Module } from '@nestjs/common';
import { GradientController } from './gradient.controller.js';

/** The gradient family. Whoever composes it provides a JobProcessor globally. */
@Module({ controllers: [GradientController] })
export class GradientWorkerModule {}
