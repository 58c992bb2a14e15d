import { serveReading } from './serve-reading.js';

/** Entry of the child processes that `ReadingChild` starts. */
serveReading();
