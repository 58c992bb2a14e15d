import { z } from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

const LOCAL = '#/$defs/';
const SHARED = '#/components/schemas/';

/** Turns zod schemas into JSON Schema; whatever has an id becomes a component that others refer to. */
export class SchemaComponents {
  private readonly components = new Map<string, JsonSchema>();

  /**
   * @param io `input` for what clients send: defaults are optional; `output` for what they get: members may be added
   * @throws RangeError when two different schemas have one id
   */
  describe(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const {
      $schema: _dialect,
      $defs,
      ...own
    } = z.toJSONSchema(schema, { io, target: 'draft-2020-12', override: (context) => adjust(context, io) });
    for (const [id, definition] of Object.entries($defs ?? {})) this.add(id, point(definition));
    return point(own);
  }

  /** All components, by id. */
  list(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.components].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private add(id: string, definition: JsonSchema): void {
    const known = this.components.get(id);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(definition))
      throw new RangeError(`two different schemas have the id ${id}`);
    this.components.set(id, definition);
  }
}

/** References into the conversion's own definitions become references into the components of the document. */
function point(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' ? value.replace(LOCAL, SHARED) : value,
  ) as JsonSchema;
}

function adjust(
  { zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: Record<string, unknown> },
  io: 'input' | 'output',
): void {
  // JSON Schema has no word for it; OpenAPI has, and generators of clients need it.
  if (zodSchema instanceof z.ZodDiscriminatedUnion) jsonSchema['discriminator'] = { propertyName: zodSchema.def.discriminator };
  // Answers may grow: a client that refused members it does not know would break with the next version.
  if (io === 'output' && zodSchema instanceof z.ZodObject && zodSchema.def.catchall === undefined)
    delete jsonSchema['additionalProperties'];
}
