import tseslint from 'typescript-eslint';
import { literalAccessors } from './scripts/literalAccessors.mjs';
import { privateMembers } from './scripts/privateMembers.mjs';
import { sqlInStore } from './scripts/sqlInStore.mjs';

export default tseslint.config(
  {
    ignores: [
      'node_modules/**',
      'build/**',
      'release/**',
      'clients/sdk/dist/**',
      'console/dist*/**',
      'api/**',
      '**/*.mjs',
      '**/*.cjs',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // node:test's test() and describe() return promises that the runner itself awaits
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            {
              from: 'package',
              name: ['test', 'describe', 'it', 'suite', 'before', 'after', 'beforeEach', 'afterEach'],
              package: 'node:test',
            },
          ],
        },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }], // [...text] = code points, which is what we count
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/no-unnecessary-type-parameters': 'off', // a parser's type parameter is its brand
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-syntax': ['error', privateMembers],
    },
  },
  ...sqlInStore,
  ...literalAccessors,
  {
    // a key straight from the generator can stop the whole process while it is exported: machine/newKeyPair.ts says why
    files: ['**/*.ts'],
    ignores: ['machine/newKeyPair.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'node:crypto', importNames: ['generateKeyPair', 'generateKeyPairSync'] }] },
      ],
    },
  },
);
