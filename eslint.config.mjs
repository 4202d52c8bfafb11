// The project's own rules. Everything else, typed rules included, is oxlint's (.oxlintrc.json). The parser reads syntax only, without types.
import tseslint from 'typescript-eslint';
import { literalAccessors } from './scripts/literalAccessors.mjs';
import { oneOutput, processModule } from './scripts/oneOutput.mjs';
import { privateMembers } from './scripts/privateMembers.mjs';
import { keyGenerators, sqlInStore } from './scripts/sqlInStore.mjs';

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
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parser: tseslint.parser },
    // comments that disable a rule of oxlint are not unused
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      'no-restricted-syntax': ['error', privateMembers],
      'no-restricted-imports': ['error', { paths: [...keyGenerators, processModule] }],
    },
  },
  ...sqlInStore,
  ...literalAccessors,
  ...oneOutput,
  { files: ['machine/newKeyPair.ts'], rules: { 'no-restricted-imports': 'off' } },
);
