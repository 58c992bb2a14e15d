import { Module } from '@nestjs/common';
import { ShapController } from './shap.controller.js';

/** The shap family. Whoever composes it provides a JobProcessor globally. */
@Module({ controllers: [ShapController] })
export class ShapWorkerModule {}
