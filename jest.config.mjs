const typescript = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
      },
    ],
  },
  moduleNameMapper: {
    '^#([a-z]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testEnvironment: '<rootDir>/test/environment.cjs',
  setupFilesAfterEnv: ['<rootDir>/test/support/patience.ts'],
};

// One suite, two shapes: test/support reads the same variable.
const shape = process.env.VITRINE_TEST_SHAPE === 'distributed' ? 'distributed' : 'e2e';

export default {
  // Module registries of ES modules are not given back: a worker that grew is replaced.
  workerIdleMemoryLimit: '1GB',
  projects: [
    { ...typescript, displayName: 'faults', testMatch: ['<rootDir>/test/faults/**/*.e2e.ts'] },
    { ...typescript, displayName: 'unit', testMatch: ['<rootDir>/{libs,apps}/**/*.spec.ts'] },
    { ...typescript, displayName: 'golden', testMatch: ['<rootDir>/test/{golden,conformance}/**/*.spec.ts'] },
    // What is about the tree itself, or brings the shapes it is about, runs once.
    {
      ...typescript,
      displayName: shape,
      testMatch: [`<rootDir>/test/${shape === 'e2e' ? '{e2e,clone}' : 'e2e'}/**/*.e2e.ts`],
    },
  ],
};
