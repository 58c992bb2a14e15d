import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const pureRooms = ['numeric', 'graph', 'attribution', 'explainers', 'figures', 'audit'];
const pureFiles = pureRooms.map((room) => `libs/${room}/src/**/*.ts`);
const tests = ['**/*.spec.ts', '**/*.e2e.ts', 'test/**/*.ts', 'bench/**/*.ts', '{libs,apps}/*/test/**/*.ts', 'libs/testing/**/*.ts'];

/** Names of Node and the browser that `"types": []` hides from the compiler only until some package declares them. */
const systemNames = ['Buffer', 'process', 'TextEncoder', 'TextDecoder', 'AbortSignal', 'AbortController', 'crypto', 'performance'];
const timers = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch', 'console'];

const environment = {
  object: 'process',
  property: 'env',
  message: 'Settings are read once, in libs/platform; take them as an argument.',
};
const chance = [
  { object: 'Math', property: 'random', message: 'Chance is an argument: take a Random.' },
  { object: 'Date', property: 'now', message: 'Time is an argument.' },
];

/**
 * Nest finds what a constructor needs by the types of its parameters, which the compiler writes down only for imports of
 * values. An `import type` there compiles, and fails at start.
 */
const injectedValues = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { erased: '{{name}} is injected by its type: import it as a value, not with `import type`.' },
  },
  create(context) {
    const erased = new Set();
    return {
      ImportDeclaration(node) {
        for (const specifier of node.specifiers) {
          if (node.importKind === 'type' || specifier.importKind === 'type') erased.add(specifier.local.name);
        }
      },
      'ClassDeclaration:has(> Decorator[expression.callee.name=/^(Injectable|Controller|Module)$/]) MethodDefinition[kind="constructor"]'(
        node,
      ) {
        for (const parameter of node.value.params) {
          if ((parameter.decorators ?? []).length > 0) continue; // @Inject(token) names it
          const target = parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter;
          const annotation = (target.type === 'AssignmentPattern' ? target.left : target).typeAnnotation?.typeAnnotation;
          if (annotation?.type !== 'TSTypeReference' || annotation.typeName.type !== 'Identifier') continue;
          const { name } = annotation.typeName;
          if (erased.has(name)) context.report({ node: annotation, messageId: 'erased', data: { name } });
        }
      },
    };
  },
};

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'libs/*/src/generated/', 'apps/console/', 'data/', 'models/', '.vitrine/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { vitrine: { rules: { 'injected-values': injectedValues } } },
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      'vitrine/injected-values': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A port is an abstract class; an object of its shape fulfils it too.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Spreading a string gives its code points, which is meant where it is done.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // A Nest module is a class with nothing in it.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidOperator: true }],
      // A key of a document is data, even where it looks like a name.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-properties': ['error', environment],
      'no-restricted-imports': [
        'error',
        { paths: ['process', 'node:process'].map((name) => ({ name, importNames: ['env'], message: environment.message })) },
      ],
    },
  },
  {
    files: pureFiles,
    ignores: tests,
    rules: {
      'no-restricted-properties': ['error', environment, ...chance],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Time is an argument.' },
        { selector: 'CallExpression[callee.name="Date"]', message: 'Time is an argument.' },
      ],
      'no-restricted-globals': [
        'error',
        ...[...systemNames, ...timers].map((name) => ({ name, message: 'What is of the system comes as a port.' })),
      ],
    },
  },
  // Published constants keep all their digits.
  { files: ['libs/numeric/**/*.ts'], rules: { 'no-loss-of-precision': 'off' } },
  { files: ['libs/platform/**/*.ts', ...tests], rules: { 'no-restricted-properties': 'off', 'no-restricted-imports': 'off' } },
  {
    files: ['**/*.{mjs,cjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'Buffer',
          'URL',
          'FormData',
          'Blob',
          'require',
          'module',
          'fetch',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'performance',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
