import { z } from 'zod';

/** @param id name of the component in the OpenAPI document */
export function pageSchema<Item extends z.ZodType>(id: string, item: Item) {
  return z
    .object({
      items: z.array(item),
      nextPageToken: z.string().nullable().meta({ description: 'Send it as `pageToken` to read on; null on the last page.' }),
    })
    .meta({ id });
}
