import { readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
/**
 * Folders of the repository that hold no code (folders of these names deeper down may), what asks for a browser (`npm run browser`), and
 * what runs other languages a hundred times (`npm test -- tests/conformance`), and what attacks for a minute (`npm run attack`).
 */
const skipped = new Set(
  [
    'node_modules',
    '.git',
    'data',
    'samples',
    'docs',
    'console/dist',
    'tests/browser',
    'tests/conformance',
    'tests/attackers',
  ].map((name) => join(root, name)),
);

/** Fuzz, runs of millions of characters and a frozen database: `npm run fuzz`, or where they are named. */
const long = [
  'adapters/fuzz.test.ts',
  'adapters/longRuns.test.ts',
  'adapters/valuesFuzz.test.ts',
  'policies/fuzz.test.ts',
  'schemas/subset/soundness.test.ts',
  'tests/faults/frozen.test.ts',
  'tests/faults/intakeFuzz.test.ts',
];
for (const name of long) skipped.add(join(root, name));
/**
 * Brokers, many kills, and faults that a test mostly waits for, up to a minute and a half each. CI has a shorter one of each kind: rows from
 * MQTT, the scenarios, `npm run core`. `npm run nightly` runs these.
 */
const nightly = [
  'clients/cli/bridge/eventBridge.test.ts',
  'hub/features/health/movedServer.test.ts',
  'tests/attacks/heldLocks.test.ts',
  'tests/attacks/manyAddresses.test.ts',
  'tests/faults/remindersKilled.test.ts',
  'tests/faults/rowsKilled.test.ts',
  'tests/faults/rulesKilled.test.ts',
  'tests/faults/telemetryReceiver.test.ts',
  'tests/flows/ownFilesInChinese.test.ts',
];
for (const name of nightly) skipped.add(join(root, name));

/** What `npm test` leaves to `npm test -- --all`, which CI runs: whole hubs, documents, scenarios and attacks, and files that take over twenty seconds. */
const leftToAll = new Set(
  [
    'certs/keystore/keyStore.test.ts',
    'clients/cli/backup.test.ts',
    'clients/cli/bridge/rowsBridge.test.ts',
    'clients/cli/exchangeVerbs.test.ts',
    'clients/cli/init/init.test.ts',
    'clients/cli/policy/policy.test.ts',
    'clients/cli/restoredRows.test.ts',
    'clients/cli/schema/schema.test.ts',
    'clients/cli/sendAgain.test.ts',
    'hub/features/events/jobs/alteredEvents.test.ts',
    'hub/features/mandates/operations/mandates.test.ts',
    'hub/features/registry/operations/schemaSuccession.test.ts',
    'hub/flows/intake/translation/threads/dividedParts.test.ts',
    'hub/log/retention/retention.test.ts',
    'hub/operations/roles.test.ts',
    'hub/platform/postgres/startPostgres.test.ts',
  ].map((name) => join(root, name)),
);

/** `npm test`: the tests of the modules. */
export const quickTests = (): string[] => listTests([]).filter((path) => !isLeftToAll(path));

const isLeftToAll = (path: string): boolean =>
  leftToAll.has(path) || path.startsWith(`${join(root, 'tests')}/`);

/** Every `*.test.ts` below the given files or folders (default: the whole repository but what is skipped; `--long`: what takes long), sorted. */
export function listTests(wanted: readonly string[]): string[] {
  const found: string[] = [];
  const visit = (path: string, named = false): void => {
    if (skipped.has(path) && !named) return;
    if (statSync(path).isDirectory()) for (const name of readdirSync(path)) visit(join(path, name));
    else if (path.endsWith('.test.ts')) found.push(path);
  };
  if (wanted[0] === '--long') for (const name of long) visit(join(root, name), true);
  else for (const start of wanted.length === 0 ? [root] : wanted) visit(resolve(start), wanted.length > 0);
  return found.sort((a, b) => relative(root, a).localeCompare(relative(root, b)));
}
