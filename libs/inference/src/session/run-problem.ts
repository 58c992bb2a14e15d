import { ExplainProblem, type ExplainProblemCode } from '#explainers';

const unsupported =
  /not implemented|NOT_IMPLEMENTED|No Op registered|not a registered|Could not find an implementation|Unsupported model IR version|opset/i;
/** What the runtime says before it comes to the point. */
const prefix = /^Load model from .{0,300}? failed:/;
/** Where in the runtime's own C++ sources it happened. */
const sourcePlace = /\/\S+\.(?:cc|h):\d+ /g;
const longest = 400;

/** What the runtime says when it cannot open a model. */
export function describeOpenFailure(error: unknown, folder: string): ExplainProblem {
  const message = readMessage(error, folder);
  const code: ExplainProblemCode = unsupported.test(message) ? 'MODEL_UNSUPPORTED' : 'MODEL_FILE_INVALID';
  return new ExplainProblem(code, `ONNX Runtime cannot open the model: ${message}`);
}

/** What the runtime says when it cannot run a row. */
export function describeRunFailure(error: unknown, folder: string): ExplainProblem {
  return new ExplainProblem('MODEL_RUN_FAILED', `ONNX Runtime stopped: ${readMessage(error, folder)}`);
}

function readMessage(error: unknown, folder: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const clean = message.replaceAll(folder, 'the model folder').replace(/\s+/g, ' ').replace(prefix, '').replace(sourcePlace, '').trim();
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
}
