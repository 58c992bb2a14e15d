/** One kind of problem: what a program branches on and what a person reads. */
export interface ProblemEntry {
  /** HTTP status; inside `job.error`, the status the same fault would have had as an answer. */
  readonly status: number;
  /** Short and the same for every occurrence. */
  readonly title: string;
  /** What to do, where the occurrence itself knows nothing better. */
  readonly remedy: string;
  /** True when the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** One sentence for the reference page: when this happens. */
  readonly when: string;
}

/**
 * Every problem Vitrine can answer with. The list is closed: a code that is not here cannot be sent. Codes never
 * change their meaning; a new meaning gets a new code.
 */
export const problemCatalog = {
  // The request as bytes and JSON.
  MALFORMED_JSON: {
    status: 400,
    title: 'The body is not valid JSON',
    remedy: 'Send one JSON document in UTF-8. NaN, Infinity, comments and trailing commas are not JSON.',
    retryable: false,
    when: 'The body cannot be parsed, is cut short, is nested too deeply, or starts with a byte order mark.',
  },
  DUPLICATE_KEY: {
    status: 400,
    title: 'An object names the same member twice',
    remedy: 'Keep one of the two members.',
    retryable: false,
    when: 'A JSON object in the body repeats a name, so that two readers could see two different requests.',
  },
  NUMBER_OUT_OF_RANGE: {
    status: 400,
    title: 'A number cannot be represented exactly enough',
    remedy: 'Send numbers that fit into a double, and integers between -(2^53 - 1) and 2^53 - 1.',
    retryable: false,
    when: 'A number in the body overflows to infinity, such as 1e400, or is an integer beyond 2^53 - 1.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    remedy: 'Send a smaller body; the limits are in the reference.',
    retryable: false,
    when: 'The body, after any decompression, exceeds the limit of its route.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The body has a media type, charset or encoding that is not read here',
    remedy: 'Send Content-Type: application/json in UTF-8, without Content-Encoding.',
    retryable: false,
    when: 'Content-Type or Content-Encoding names something the route does not accept.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request did not arrive in time',
    remedy: 'Send the whole request at once, and check the connection.',
    retryable: true,
    when: 'Headers or body kept arriving too slowly.',
  },
  HEADER_INVALID: {
    status: 400,
    title: 'A header cannot be understood',
    remedy: 'Correct the header named in the detail, or leave it out.',
    retryable: false,
    when: 'A header such as Prefer has a value outside its grammar or range.',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    title: 'No representation fits the Accept header',
    remedy: 'Ask for application/json, or leave Accept out.',
    retryable: false,
    when: 'Accept names only media types that the resource does not have.',
  },

  // The request as a document.
  SCHEMA_VIOLATION: {
    status: 422,
    title: 'The body does not fit the schema',
    remedy: 'Correct the members named under `errors`; the schema is in /openapi.json.',
    retryable: false,
    when: 'A member is missing, has the wrong type, or lies outside its range.',
  },
  FIELD_UNKNOWN: {
    status: 422,
    title: 'The body has a member that does not exist',
    remedy: 'Remove the member or correct its name; unknown members are never ignored.',
    retryable: false,
    when: 'An object in the body has a name that its schema does not list.',
  },
  METHOD_UNKNOWN: {
    status: 422,
    title: 'There is no such method',
    remedy: 'Choose one of the methods listed in the detail.',
    retryable: false,
    when: '`method` names an explanation method that this installation does not have.',
  },
  MODEL_UNKNOWN: {
    status: 404,
    title: 'There is no such model',
    remedy: 'Choose one of the models of GET /v1/models.',
    retryable: false,
    when: 'A model is named that is not registered: 404 in a path, 422 inside a body.',
  },
  MODEL_VERSION_UNKNOWN: {
    status: 404,
    title: 'The model has no such version',
    remedy: 'Choose one of the versions of GET /v1/models/{model}/versions.',
    retryable: false,
    when: 'A version is named that the model does not have: 404 in a path, 422 inside a body.',
  },
  ALIAS_UNKNOWN: {
    status: 404,
    title: 'The model has no such alias',
    remedy: 'Name a version, or one of the aliases of GET /v1/models/{model}.',
    retryable: false,
    when: 'An alias is named, or `production` is meant, and the model does not have it: 404 in a path, 422 inside a body.',
  },
  MODEL_NOT_ACTIVE: {
    status: 422,
    title: 'The model version cannot be used',
    remedy: 'Use an ACTIVE version; the reasons of this one are in GET /v1/models/{model}/versions/{version}.',
    retryable: false,
    when: 'The version is still being validated, or was rejected.',
  },
  METHOD_NOT_APPLICABLE: {
    status: 422,
    title: 'The method cannot explain this kind of model',
    remedy: 'Choose a method that lists the task of the model.',
    retryable: false,
    when: 'The method does not serve the task of the model.',
  },
  CLASS_UNKNOWN: {
    status: 422,
    title: 'The model has no such class',
    remedy: 'Name a class, or an index, from the capabilities of the model.',
    retryable: false,
    when: 'A target names a class that the model does not have, or any class of a regression.',
  },
  TARGET_SPACE_UNSUPPORTED: {
    status: 422,
    title: 'The target cannot be explained in that space',
    remedy: 'Choose one of the spaces listed in the detail, or leave `space` out.',
    retryable: false,
    when: 'The space of a target does not exist for the output of the model.',
  },
  COLUMN_UNKNOWN: {
    status: 422,
    title: 'The model has no such column',
    remedy: 'Remove the column or correct its name; the columns are in the capabilities of the model.',
    retryable: false,
    when: 'The input, or a group, names a column that the model does not have.',
  },
  COLUMN_MISSING: {
    status: 422,
    title: 'A column of the model is missing',
    remedy: 'Give every column of the model a value.',
    retryable: false,
    when: 'The input lacks a column that the model reads.',
  },
  COLUMN_TYPE: {
    status: 422,
    title: 'A column has a value of the wrong type',
    remedy: 'Send numbers for numeric columns and category names for categorical ones.',
    retryable: false,
    when: 'A numeric column holds text, or a categorical column a number.',
  },
  CATEGORY_UNKNOWN: {
    status: 422,
    title: 'The column has no such category',
    remedy: 'Use one of the categories of the manifest, spelt exactly so.',
    retryable: false,
    when: 'A categorical column holds a name outside the categories of the manifest.',
  },
  INPUT_KIND_MISMATCH: {
    status: 422,
    title: 'The input is not of the kind the model reads',
    remedy: 'Send `text` to text models and `features` to tabular models.',
    retryable: false,
    when: 'Text is sent to a tabular model, or columns to a text model.',
  },
  TEXT_EMPTY: {
    status: 422,
    title: 'There is nothing in the text to explain',
    remedy: 'Send a text with at least one player: a word, token, character or sentence, as `players` asks.',
    retryable: false,
    when: 'The text is empty or holds nothing that could be a player.',
  },
  TEXT_INVALID: {
    status: 422,
    title: 'The text has a character that cannot be read faithfully',
    remedy: 'Remove NUL characters and unpaired surrogates.',
    retryable: false,
    when: 'The text holds U+0000 or half of a surrogate pair.',
  },
  PLAYERS_UNSUPPORTED: {
    status: 422,
    title: 'The model or method has no players of that kind',
    remedy: 'Choose one of the kinds of players listed in the detail.',
    retryable: false,
    when: '`players` does not fit the input or the method.',
  },
  PLAYERS_TOO_MANY: {
    status: 422,
    title: 'There are too many players for the method',
    remedy: 'Choose coarser players, group them, or use a method that samples.',
    retryable: false,
    when: 'An exact method would have to evaluate more coalitions than it allows.',
  },
  MASKER_UNSUPPORTED: {
    status: 422,
    title: 'The masker does not fit the model',
    remedy: 'Choose one of the maskers listed in the detail.',
    retryable: false,
    when: 'The masker needs something the model lacks, such as a mask token or background rows.',
  },
  GROUP_INVALID: {
    status: 422,
    title: 'A group of features is not valid',
    remedy: 'Give each group a name of its own and members that exist, each in one group only.',
    retryable: false,
    when: 'Groups are empty, share a member or a name, or lie outside the input.',
  },
  BACKGROUND_MISSING: {
    status: 422,
    title: 'The method needs background rows and the model has none',
    remedy: 'Choose a masker without background, or register the model with background.csv.',
    retryable: false,
    when: 'Absence is defined by background rows and the model has none.',
  },
  BACKGROUND_INVALID: {
    status: 422,
    title: 'The background rows of the model cannot be used',
    remedy: 'Correct background.csv: the columns of the model in its header, one typed value in each cell.',
    retryable: false,
    when: 'The file of background rows does not fit the manifest.',
  },
  DATASET_UNKNOWN: {
    status: 404,
    title: 'There is no such data set',
    remedy: 'Choose one of the data sets of GET /v1/datasets, and one of its versions.',
    retryable: false,
    when: 'A data set, or a version of one, is named that is not there: 404 in a path, 422 inside a body.',
  },
  DATASET_MISMATCH: {
    status: 422,
    title: 'The data set does not fit the model',
    remedy: 'Choose a data set with the columns of the model, or bring the rows again and name the model.',
    retryable: false,
    when: 'Rows of a data set are to be read by a model whose kind or columns are others.',
  },
  ROWS_OUT_OF_RANGE: {
    status: 422,
    title: 'The data set has fewer rows than are asked for',
    remedy: 'Ask for rows that are there; GET /v1/datasets/{dataset} says how many.',
    retryable: false,
    when: 'More rows of a data set are named than it has, or none at all.',
  },
  DATASET_GONE: {
    status: 422,
    title: 'Rows that the request reads were deleted',
    remedy: 'Submit a new job that names a data set that is there.',
    retryable: false,
    when: 'A version of a data set was deleted after a job that reads it was prepared.',
  },
  BUDGET_TOO_SMALL: {
    status: 422,
    title: 'The budget is too small for the method',
    remedy: 'Raise `budget` to at least the number named in the detail.',
    retryable: false,
    when: 'The evaluations allowed do not suffice for one estimate.',
  },
  PARAM_INVALID: {
    status: 422,
    title: 'A parameter has a value that cannot be used',
    remedy: 'Correct the parameter at the pointer.',
    retryable: false,
    when: 'A parameter fits its schema but not the model, the input, or another parameter.',
  },

  WEBHOOK_URL_REFUSED: {
    status: 422,
    title: 'Webhooks are not sent to this address',
    remedy: 'Give a public http or https address without credentials, or have the operator list the host in VITRINE_WEBHOOK_ALLOW.',
    retryable: false,
    when: 'The address of a webhook is no plain http or https URL, or leads to this machine or its network.',
  },

  // The request in time and place.
  NOT_FOUND: {
    status: 404,
    title: 'There is nothing here',
    remedy: 'Check the address and the id.',
    retryable: false,
    when: 'The route or the resource does not exist, or is not yours.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'The resource does not answer this HTTP method',
    remedy: 'Use one of the methods of the Allow header.',
    retryable: false,
    when: 'The route exists, but not for this HTTP method.',
  },
  JOB_TERMINAL: {
    status: 409,
    title: 'The job has already ended',
    remedy: 'Read the job; nothing is left to cancel.',
    retryable: false,
    when: 'A finished job is asked to do something that only a live one can.',
  },
  JOB_NOT_RETRYABLE: {
    status: 409,
    title: 'The job cannot be run again',
    remedy: 'Only a job that is FAILED, CANCELLED or EXPIRED can. For another run of one that SUCCEEDED, submit its request again.',
    retryable: false,
    when: 'A retry is asked of a job that still runs, or has a result.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: 'The Idempotency-Key belongs to another request',
    remedy: 'Send a new key with a new request. A key is for sending one and the same request again.',
    retryable: false,
    when: 'A key that was answered within the last 24 hours comes with another method, address or body.',
  },
  CONFLICT: {
    status: 409,
    title: 'The request conflicts with the present state',
    remedy: 'Read the resource again and decide anew.',
    retryable: false,
    when: 'Someone else changed the resource, or it exists already.',
  },
  PAYLOAD_ERASED: {
    status: 410,
    title: 'The payload was erased',
    remedy: 'Nothing can bring it back; the record itself remains.',
    retryable: false,
    when: 'The input and the result of an explanation were destroyed on request or by retention.',
  },
  FILTER_INVALID: {
    status: 400,
    title: 'A filter cannot be understood',
    remedy: 'Use the filters of the reference, each with one plain value.',
    retryable: false,
    when: 'A query parameter is unknown, repeated, nested, or has a value outside its range.',
  },
  PAGE_TOKEN_INVALID: {
    status: 400,
    title: 'The page token does not belong to this list',
    remedy: 'Start again without pageToken, and keep the filters the same from page to page.',
    retryable: false,
    when: 'A page token was changed, made up, or used with other filters.',
  },
  PAGE_SIZE_INVALID: {
    status: 400,
    title: 'The page size is not a positive integer',
    remedy: 'Send pageSize between 1 and 200; larger values are read as 200.',
    retryable: false,
    when: 'pageSize is zero, negative, or not an integer.',
  },

  // Who asks, and from where.
  UNAUTHENTICATED: {
    status: 401,
    title: 'The request carries no valid key',
    remedy: 'Send Authorization: Bearer followed by an API key.',
    retryable: false,
    when: 'A key is required and is missing, unknown, expired or revoked.',
  },
  SCOPE_MISSING: {
    status: 403,
    title: 'The key lacks the scope of this route',
    remedy: 'Use a key with the scope named in the detail.',
    retryable: false,
    when: 'The key is valid, and its scopes do not cover what the route does.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'The key does not allow this',
    remedy: 'Use a key with the right named in the detail.',
    retryable: false,
    when: 'The caller is known and asks for something beyond its own tenant or its own scopes.',
  },
  HOST_NOT_ALLOWED: {
    status: 403,
    title: 'The Host header names an unknown host',
    remedy: 'Use the address the platform listens on, or add the host to VITRINE_ALLOWED_HOSTS.',
    retryable: false,
    when: 'The Host header is neither a loopback name nor listed as allowed.',
  },
  ORIGIN_NOT_ALLOWED: {
    status: 403,
    title: 'The request comes from a page of another site',
    remedy: 'Send the request from a program, or from a page this platform serves.',
    retryable: false,
    when: 'The Origin header names another site.',
  },

  RATE_LIMITED: {
    status: 429,
    title: 'Too many requests at once',
    remedy: 'Send fewer requests a second; try again after Retry-After.',
    retryable: true,
    when: 'A key sends more requests than VITRINE_RATE_LIMIT and VITRINE_RATE_BURST allow.',
  },
  QUOTA_EXCEEDED: {
    status: 429,
    title: 'The quota of the tenant is used up',
    remedy: 'Wait until the quota begins anew, at Retry-After, or ask the operator for a larger one.',
    retryable: true,
    when: 'Jobs of the tenant have used as many model rows today as its quota allows.',
  },

  // The platform itself.
  DATABASE_UNAVAILABLE: {
    status: 503,
    title: 'The database does not answer',
    remedy: 'Try again after Retry-After; nothing was accepted.',
    retryable: true,
    when: 'PostgreSQL cannot be reached or does not answer in time.',
  },
  QUEUE_UNAVAILABLE: {
    status: 503,
    title: 'The queue does not answer',
    remedy: 'Try again after Retry-After.',
    retryable: true,
    when: 'Something needs the queue right now and cannot reach it.',
  },
  STREAMS_EXHAUSTED: {
    status: 503,
    title: 'Too many streams of events are open',
    remedy: 'Try again after Retry-After, ask for the job from time to time instead, or close streams that nobody reads.',
    retryable: true,
    when: 'A process holds as many streams as it may.',
  },
  SHUTTING_DOWN: {
    status: 503,
    title: 'This process is about to stop',
    remedy: 'Try again after Retry-After; another process, or the next start, will answer.',
    retryable: true,
    when: 'The process was asked to stop and takes no new work.',
  },
  INTERNAL: {
    status: 500,
    title: 'Something went wrong inside Vitrine',
    remedy: 'Try once more; if it stays, report the request id.',
    retryable: true,
    when: 'A fault of the platform; the log holds the cause under the request id.',
  },

  // What can happen while an explanation runs.
  MODEL_OUTPUT_NON_FINITE: {
    status: 422,
    title: 'The model answered NaN or an infinity',
    remedy: 'Check the model with this input; an explanation of such a number means nothing.',
    retryable: false,
    when: 'An output of the model, for the input or a perturbation of it, is not finite.',
  },
  MODEL_FILE_INVALID: {
    status: 422,
    title: 'A file of the model cannot be read',
    remedy: 'Export the model again and register it as a new version.',
    retryable: false,
    when: 'The graph, the tokenizer or the manifest is damaged or inconsistent.',
  },
  MODEL_FILE_CHANGED: {
    status: 500,
    title: 'The files of the model are not the registered ones',
    remedy: 'Restore the files, or start again so that the change is registered as a new version.',
    retryable: false,
    when: 'The SHA-256 of a file on disk differs from the one registered with the version.',
  },
  MODEL_UNSUPPORTED: {
    status: 422,
    title: 'The model has inputs or outputs that are not served',
    remedy: 'Export the model with the inputs and outputs described in the reference.',
    retryable: false,
    when: 'The graph can be read, but Vitrine cannot feed it or read its answer.',
  },
  MODEL_RUN_FAILED: {
    status: 422,
    title: 'The model refused the input',
    remedy: 'Check the input against the model; the detail holds the message of the runtime.',
    retryable: false,
    when: 'ONNX Runtime reported an error while it ran the graph.',
  },
  TOKENIZER_MISSING: {
    status: 422,
    title: 'The model has no tokenizer',
    remedy: 'Add tokenizer.json to the model and register it again.',
    retryable: false,
    when: 'A text model comes without tokenizer.json.',
  },
  MODEL_CRASHED: {
    status: 500,
    title: 'The process that ran the model died',
    remedy: 'Check the model with this input; other jobs are not affected.',
    retryable: true,
    when: 'The child process ended in the middle of a run without an answer, for instance by a fault in native code.',
  },
  DEADLINE_EXCEEDED: {
    status: 504,
    title: 'The explanation did not finish before its deadline',
    remedy: 'Raise deadlineSeconds, lower the budget, or choose coarser players.',
    retryable: false,
    when: 'The deadline passed while the explanation was running; its process was stopped.',
  },
  RESOURCE_LIMIT: {
    status: 422,
    title: 'The explanation needed more memory than allowed',
    remedy: 'Lower the budget or the size of the input, or raise VITRINE_CHILD_MEMORY_MB.',
    retryable: false,
    when: 'The child process grew beyond its memory limit and was stopped.',
  },
  WORKER_LOST: {
    status: 500,
    title: 'The worker disappeared too often while it ran the job',
    remedy: 'Submit the job again; if it stays, look into the log of the worker.',
    retryable: true,
    when: 'The lease of the job ran out on its last attempt.',
  },
  EXPIRED_BEFORE_START: {
    status: 504,
    title: 'The deadline passed before the job ever started',
    remedy: 'Raise deadlineSeconds, or add workers.',
    retryable: true,
    when: 'The job waited in the queue until its deadline.',
  },
  CANCELLED: {
    status: 409,
    title: 'The job was cancelled',
    remedy: 'Submit it again if the explanation is still wanted.',
    retryable: false,
    when: 'Someone cancelled the job before it finished.',
  },
  RESULT_INVALID: {
    status: 500,
    title: 'The method produced a result that does not fit its schema',
    remedy: 'Report the job id; this is a fault of the method, and the result was not kept.',
    retryable: false,
    when: 'A result holds a number that is not finite, rows of unequal length, or members outside its schema.',
  },
  MODEL_REJECTED: {
    status: 422,
    title: 'The model was rejected at registration',
    remedy: 'Correct the model as its reasons say and register it again.',
    retryable: false,
    when: 'A model fails for every input, or one of its files cannot be served.',
  },
} as const satisfies Readonly<Record<string, ProblemEntry>>;

export type ProblemCode = keyof typeof problemCatalog;

export const problemCodes = Object.keys(problemCatalog) as readonly ProblemCode[];
