import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainProblem } from '#explainers';
import type { z } from 'zod';

/** Whether a model's folder has a file of this name. A path that cannot be looked at is none. */
export async function isFile(root: string, name: string): Promise<boolean> {
  return stat(join(root, name)).then(
    (found) => found.isFile(),
    () => false,
  );
}

/**
 * Reads a companion of a model.
 *
 * @param root of the model's folder
 * @returns null where there is no such file
 * @throws ExplainProblem MODEL_FILE_INVALID where it is no JSON, or not as the schema wants it
 */
export async function readJson<Schema extends z.ZodType>(root: string, name: string, schema: Schema): Promise<z.infer<Schema> | null> {
  if (!(await isFile(root, name))) return null;
  const text = await readFile(join(root, name), 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ExplainProblem('MODEL_FILE_INVALID', `${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? 'the whole' : issue.path.join('.');
  throw new ExplainProblem('MODEL_FILE_INVALID', `${name}: ${place}: ${issue?.message ?? 'not as expected'}`);
}
