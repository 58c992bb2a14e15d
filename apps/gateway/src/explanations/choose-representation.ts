import { quote } from '#explainers';
import { ProblemError } from '#platform';
import Negotiator from 'negotiator';

/** The forms of an explanation, in the order of preference of the server. */
export const representations = {
  json: 'application/json',
  html: 'text/html',
  png: 'image/png',
  svg: 'image/svg+xml',
} as const;

export type Representation = keyof typeof representations;

const forms = Object.keys(representations) as Representation[];

/**
 * The form a client gets: the one it names in the query, else the one its Accept header likes best (RFC 9110, section 12.5.1).
 *
 * @param hasMap whether the explanation keeps a map over a picture, which a PNG shows
 * @throws ProblemError NOT_ACCEPTABLE with the media types there are, by whichever way another one was asked for
 */
export function chooseRepresentation(accept: string | undefined, format: Representation | undefined, hasMap: boolean): Representation {
  const present = forms.filter((form) => form !== 'png' || hasMap);
  const media = present.map((form) => representations[form]);
  if (format !== undefined) {
    if (present.includes(format)) return format;
    throw new ProblemError('NOT_ACCEPTABLE', {
      detail: `format is ${format}; the explanation is there as ${media.join(', ')}`,
      remedy: `Ask for format=${present.slice(0, -1).join(', ')} or ${present.at(-1) ?? ''}; explanations of pictures have a png.`,
    });
  }
  const chosen = new Negotiator({ headers: accept === undefined ? {} : { accept } }).mediaType(media);
  const form = forms.find((one) => representations[one] === chosen);
  if (form !== undefined) return form;
  throw new ProblemError('NOT_ACCEPTABLE', {
    detail: `the Accept header is ${quote(accept)}; an explanation is there as ${media.join(', ')}`,
    remedy: `Ask for one of ${media.join(', ')}, or leave Accept out.`,
  });
}
