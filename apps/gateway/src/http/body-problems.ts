/** What a JSON body can be refused with, whatever it says. */
export const bodyProblems = [
  'MALFORMED_JSON',
  'DUPLICATE_KEY',
  'NUMBER_OUT_OF_RANGE',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'REQUEST_TIMEOUT',
  'SCHEMA_VIOLATION',
  'FIELD_UNKNOWN',
] as const;
