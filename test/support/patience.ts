import { jest } from '@jest/globals';

// Whole processes on a busy machine: what is too slow is for the bench to say.
jest.setTimeout(120_000);
