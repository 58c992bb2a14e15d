import { buildMissing } from './build.mjs';
import { installMissing } from './install.mjs';

/** From a fresh clone to a tree that runs. Quick when there is nothing to do. */
export async function prepare() {
  await installMissing();
  await buildMissing();
}
