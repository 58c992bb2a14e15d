import { HttpException } from '@nestjs/common';
import { TensorsBusy } from '#history';
import { StoreUnavailable } from '#jobs';
import { ProblemError, type ProblemCode } from '#platform';
import { RunFailure } from '#runner';

const RETRY_SECONDS = '2';
/** What stands in line when a read is refused takes longer than that, but not much of it has to be over for the next. */
const BUSY_SECONDS = '5';

// What the HTTP framework itself refuses, by its status. A URL that cannot be decoded, or is too long, leads nowhere.
const FRAMEWORK_CODES: Readonly<Record<number, ProblemCode>> = {
  400: 'NOT_FOUND',
  404: 'NOT_FOUND',
  408: 'REQUEST_TIMEOUT',
  413: 'BODY_TOO_LARGE',
  414: 'NOT_FOUND',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** Any error as a problem that may be shown. What is not foreseen becomes INTERNAL and keeps its cause for the log. */
export function toProblemError(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof StoreUnavailable) return new ProblemError('DATABASE_UNAVAILABLE', {}, { 'Retry-After': RETRY_SECONDS }, error);
  if (error instanceof TensorsBusy) return new ProblemError('READS_EXHAUSTED', {}, { 'Retry-After': BUSY_SECONDS }, error);
  if (error instanceof RunFailure) return fromRunFailure(error);
  const code = FRAMEWORK_CODES[frameworkStatus(error)];
  return code === undefined ? new ProblemError('INTERNAL', {}, {}, error) : new ProblemError(code, {}, {}, error);
}

function fromRunFailure(failure: RunFailure): ProblemError {
  const { code, detail, pointer, remedy } = failure;
  return new ProblemError(
    code,
    { detail, remedy, errors: pointer === null ? [] : [{ pointer, code, detail }] },
    code === 'SHUTTING_DOWN' ? { 'Retry-After': RETRY_SECONDS } : {},
    failure,
  );
}

/** 0 for an error that is not the framework's. */
function frameworkStatus(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && error.name === 'FastifyError' && 'statusCode' in error && typeof error.statusCode === 'number')
    return error.statusCode;
  return 0;
}
