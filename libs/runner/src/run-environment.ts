import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release } from 'node:os';

/** The inference runtime and how it is set up. */
export interface InferenceRuntime {
  readonly onnxruntime: string;
  readonly executionProvider: string;
  readonly graphOptimization: string;
  readonly executionMode: string;
  readonly intraOpThreads: number;
  readonly interOpThreads: number;
  /** How products of 8-bit integers are summed on processors whose instructions saturate. */
  readonly int8Sums: string;
}

/**
 * Where a run took place: everything outside model and request that could change its bits. A type, not an
 * interface, so that it can be stored as the plain record it is.
 */
export type RunEnvironment = Readonly<InferenceRuntime> & {
  /** Version of this package, and so of every explainer. */
  readonly platform: string;
  readonly node: string;
  readonly os: string;
  readonly arch: string;
  readonly cpuModel: string;
  /** Vector instructions that decide which kernels run, sorted; empty where they cannot be read. */
  readonly isa: readonly string[];
  /** C library, whose mathematics the kernels use; null where it cannot be read. */
  readonly libc: string | null;
  /** Lower-case hex SHA-256 over all of the above. Runs with equal fingerprints must agree bit for bit. */
  readonly fingerprint: string;
};

/** Describes this process. */
export function describeEnvironment(platformVersion: string, runtime: InferenceRuntime): RunEnvironment {
  const facts = {
    platform: platformVersion,
    node: process.versions.node,
    ...runtime,
    os: `${platform()} ${release()}`,
    arch: arch(),
    cpuModel: cpus()[0]?.model ?? 'unknown',
    isa: readIsa(),
    libc: readLibc(),
  };
  const sorted = Object.entries(facts).sort(([one], [other]) => (one < other ? -1 : 1));
  return { ...facts, fingerprint: createHash('sha256').update(JSON.stringify(sorted)).digest('hex') };
}

const relevantIsa = /^(?:sse4_[12]|avx\w*|fma|f16c|amx_\w+|asimd\w*|i8mm|bf16|sve\w*|sme(?!p$)\w*)$/;

function readIsa(): string[] {
  let text: string;
  try {
    text = readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return []; // not Linux
  }
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1] ?? '';
  return [...new Set(flags.trim().split(/\s+/))].filter((flag) => relevantIsa.test(flag)).sort();
}

function readLibc(): string | null {
  const parsed: unknown = process.report.getReport();
  if (typeof parsed !== 'object' || parsed === null || !('header' in parsed)) return null;
  const { header } = parsed;
  if (typeof header !== 'object' || header === null || !('glibcVersionRuntime' in header)) return null;
  return typeof header.glibcVersionRuntime === 'string' ? `glibc ${header.glibcVersionRuntime}` : null;
}
