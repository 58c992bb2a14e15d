export { imageLimits } from './image-limits.js';
export { inspectImage, type InspectedImage } from './inspect-image.js';
export { summariseImage, type ImageSummary } from './summarise-image.js';
export { readImage } from './read-image.js';
export { fillNormalised } from './normalise-picture.js';
export { encodePng } from './encode-png.js';
