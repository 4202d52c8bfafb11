// Which module may import which; every module may import `terms`, all of hub `machine`. docs/ARCHITECTURE.md states the same (tests/docs/flows.test.ts).
const pure = ['schemas', 'adapters', 'policies', 'certs', 'log'];
const platform = ['hub/platform/keys', 'hub/domain', 'hub/store'];
const core = [...platform, 'hub/log', 'hub/identity', 'hub/registry', 'hub/pipeline'];

const mayImport = {
  terms: [],
  schemas: [],
  machine: ['schemas', 'certs', 'log'],
  adapters: ['schemas'],
  policies: ['schemas', 'log'],
  certs: [],
  log: ['certs'],
  migrations: [],
  api: [],
  'hub/platform/config': [],
  'hub/platform/keys': ['certs', 'log'],
  'hub/platform/postgres': [],
  'hub/domain': ['schemas', 'policies'],
  // every folder named store, and the database they use
  'hub/store': ['schemas', 'policies', 'log', 'hub/domain', 'migrations'],
  'hub/log': ['certs', 'log', 'hub/platform/keys', 'hub/store'],
  'hub/identity': ['certs', 'log', ...platform, 'hub/log'],
  'hub/registry': [...pure, 'hub/domain', 'hub/store', 'hub/log'],
  'hub/pipeline': ['log', 'policies', 'certs', 'api', ...platform, 'hub/log', 'hub/identity', 'hub/registry'],
  'hub/flows/intake/translation': [...pure, 'hub/domain'],
  'hub/platform/jobs': ['log', 'hub/domain', 'hub/store', 'hub/log', 'hub/identity', 'hub/pipeline'],
  'hub/flows': [...pure, 'api', ...core, 'hub/platform/config', 'hub/platform/jobs'],
  'hub/features': [...pure, 'api', ...core, 'hub/platform/config', 'hub/platform/jobs', 'hub/flows'],
  'hub/operations': [...pure, 'api', ...core, 'hub/flows', 'hub/features'],
  'clients/sdk': ['log', 'certs', 'api', 'machine'],
  'clients/cli': [...pure, 'machine', 'clients/sdk'],
  // its own TypeScript settings and its own page in a browser; of the log the verification of receipts runs there
  console: ['api', 'log'],
};

/** Folders of a module that is not one folder. */
const places = { 'hub/store': ['^hub/platform/database/', '^hub/.+/store/'] };
/** Folders inside a module that belong to another one. */
const foreign = {
  'hub/log': places['hub/store'],
  'hub/identity': places['hub/store'],
  'hub/registry': places['hub/store'],
  'hub/pipeline': places['hub/store'],
  'hub/platform/jobs': places['hub/store'],
  'hub/flows': [...places['hub/store'], '^hub/flows/intake/translation/'],
  'hub/features': places['hub/store'],
};

/** Stores of other features that a feature reads. Overviews read many; each other line is a debt. */
const readsStoreOf = {
  agreements: ['requests'],
  board: ['duties', 'requests'],
  consents: ['duties'],
  demands: ['requests'],
  disputes: ['requests', 'tickets'],
  health: ['duties', 'reminders', 'risks'],
  inbox: ['demands', 'disputes', 'duties', 'events', 'pulls', 'requests', 'risks', 'tickets'],
  log: ['board', 'consents', 'duties', 'risks'],
  registry: ['consents', 'requests'],
  reminders: ['events'],
  subjects: ['consents', 'duties'],
  tickets: ['subjects'],
};

module.exports = { mayImport, places, foreign, readsStoreOf };
