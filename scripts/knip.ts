/**
 * What knip reports: files, exports and packages that nothing uses. `npm run check -- "no dead exports"` runs it twice. With `--production` the
 * tests do not count, so that a part which only its tests use is found; such an export may carry `@internal`. Without it, everything
 * counts, and a value that is used in its own file only need not be exported.
 */
import type { KnipConfiguration } from 'knip';

/** Entry points: programs, threads, what others import, and modules that vite puts in place of others. */
const product = [
  'bin/*.mjs',
  'hub/**/*.mjs',
  'machine/**/*.mjs',
  'clients/sdk/*.ts',
  // only its test reads it: every table has a rule
  'hub/platform/database/authenticated/openTables.ts',
  'clients/examples/**/*.{ts,mjs}',
  'console/vite*.ts',
  'console/{src,own}/main.tsx',
  'console/src/receipt/browserCrypto.ts',
  'console/src/parts/scrollBarSize.ts',
  'scripts/*.{ts,mjs,cjs}',
  'scripts/packages/*.mjs',
  'scripts/examples/*.{ts,mjs}',
];
const others = [
  '**/*.test.{ts,tsx}',
  'tests/**/*.{ts,mjs}',
  'bench/**/*.{ts,mjs}',
  'scenarios/**/*.ts',
  'console/story/*.{ts,tsx}',
  'samples/**/*.mjs',
];
const isTest = '{tests,bench,scenarios,samples,scripts/check,**/fixtures,**/fuzz}/**';

export default (options: { production?: boolean }): KnipConfiguration => ({
  entry: [...product.map((path) => `${path}!`), ...others],
  project: ['**/*.{ts,tsx,mjs,cjs}!', '!api/**', `!${isTest}!`, '!**/*.test.{ts,tsx}!'],
  include: ['files', 'exports', 'dependencies', 'unlisted', 'unresolved'],
  // loaded by name, or programs that checks start
  ignoreDependencies: [
    '@aws-sdk/client-s3',
    'recheck',
    'swagger-ui-dist',
    '@asyncapi/specs',
    'axe-core',
    'dependency-cruiser',
    // named in sources that tests/docs/kubernetes.test.ts compiles
    'kubernetes-types',
    'oxlint',
    'oxlint-tsgolint',
    's3rver',
    'typescript7',
  ],
  ignoreExportsUsedInFile: options.production === true || { interface: true, type: true },
});
