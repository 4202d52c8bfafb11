// The room matrix of docs/ARCHITECTURE.md: which room may import which. dependency-cruiser enforces it.
const pure = ['schemas', 'adapters', 'policies', 'certs', 'log'];
const mayImport = {
  terms: [],
  schemas: [],
  adapters: ['schemas'],
  policies: ['schemas', 'log'],
  certs: [],
  log: ['certs'],
  migrations: [],
  api: [],
  'hub/config': [],
  'hub/keys': ['certs', 'log'],
  'hub/postgres': [],
  'hub/domain': [],
  'hub/store': ['schemas', 'policies', 'log', 'hub/domain', 'migrations'],
  'hub/audit': ['hub/store', 'certs', 'log', 'hub/keys'],
  'hub/identity': ['hub/domain', 'hub/store', 'certs', 'log', 'hub/keys', 'hub/audit'],
  'hub/exchange': [...pure, 'api', 'hub/keys', 'hub/domain', 'hub/store', 'hub/audit', 'hub/identity'],
  'hub/operations': [
    ...pure,
    'api',
    'hub/keys',
    'hub/domain',
    'hub/store',
    'hub/audit',
    'hub/identity',
    'hub/exchange',
  ],
  'hub/jobs': [
    ...pure,
    'api',
    'hub/keys',
    'hub/domain',
    'hub/store',
    'hub/audit',
    'hub/identity',
    'hub/exchange',
  ],
  'clients/sdk': ['log', 'certs', 'api'],
  'clients/cli': [...pure, 'clients/sdk'],
  'clients/console': ['api'],
};

const rooms = Object.keys(mayImport);
const inside = (room) => `^${room}/`;
const everyRoom =
  '^(terms|schemas|adapters|policies|certs|log|migrations|api|hub|clients|bin|tests|bench|scripts)/';

/** One rule a room: from inside it, to any room that is neither itself, nor terms, nor in its row. */
const matrix = rooms.map((room) => ({
  name: `room-${room.replace('/', '-')}`,
  comment: `${room} may import only: terms${mayImport[room].map((r) => `, ${r}`).join('')}`,
  severity: 'error',
  from: {
    path: inside(room),
    // Tests beside what they test may reach anything; the verbs that run a hub may import it.
    pathNot: [
      '\\.test\\.ts$',
      ...(room === 'clients/cli' ? ['^clients/cli/(demo|serve|migrate|backup|restore|admin)(/|\\.ts$)'] : []),
    ],
  },
  to: {
    path: everyRoom,
    // a worker thread is an entry point of its own and begins with the TypeScript loader
    pathNot: [inside(room), '^terms/', '^scripts/(typescript|thread)\\.mjs$', ...mayImport[room].map(inside)],
  },
}));

module.exports = {
  forbidden: [
    ...matrix,
    {
      name: 'rows-only-by-walks',
      comment:
        "Rows move only by the walks in hub/exchange: nothing else may import the row store (backup and restore are the operator's).",
      severity: 'error',
      from: {
        pathNot: ['^hub/store/', '^hub/exchange/', '^tests/', '^bench/', '\\.test\\.ts$', '^hub/main\\.ts$'],
      },
      to: { path: '^hub/store/rows/' },
    },
    {
      name: 'sql-only-in-store',
      comment: "SQL against the hub's database lives in hub/store alone.",
      severity: 'error',
      from: {
        pathNot: [
          '^hub/store/',
          '^hub/postgres/',
          '^migrations/',
          '^tests/',
          '^bench/',
          '\\.test\\.ts$',
          '^clients/cli/demo/',
        ],
      },
      to: { path: 'node_modules/(pg|knex|pg-copy-streams)/' },
    },
    {
      name: 'terms-runs-in-a-browser',
      comment: 'terms/ holds no node: modules.',
      severity: 'error',
      from: { path: '^terms/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    {
      name: 'no-cycles',
      comment: 'Types may refer to each other across files; code may not.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'tests-are-not-imported',
      severity: 'error',
      from: { pathNot: ['^tests/', '^bench/', '\\.test\\.ts$', '^scripts/'] },
      to: { path: ['^tests/', '^bench/', '\\.test\\.ts$'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
