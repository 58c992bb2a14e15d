import { z } from 'zod';
import { nameSchema } from '../http/names.js';

export const newModelSchema = z.strictObject({ name: nameSchema('Name of the model') }).meta({ id: 'NewModel' });

export const aliasSchema = z
  .strictObject({ version: z.string().min(1).max(128).meta({ description: 'An ACTIVE version.' }) })
  .meta({ id: 'AliasTarget' });

/** The form, for the reference: the handler reads it as it arrives. */
export const uploadForm =
  'One part for each file, named like the file: `model.onnx`, and where the model has them `tokenizer.json`, `tokenizer_config.json`, `config.json`, `generation_config.json`, `model.json`, ' +
  '`background.csv`, `covers.json`, the files that `model.json` names under `files`, and the files that hold external data. A field `version` names the version; ' +
  'without it, it is the next whole number. `Repr-Digest` or `Content-Digest` with sha-256 (RFC 9530), of the whole body or of a part, is checked where sent.';
