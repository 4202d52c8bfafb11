// The modules of docs/ARCHITECTURE.md and which may import which. dependency-cruiser enforces it.
const { mayImport, places, foreign, readsStoreOf } = require('./moduleMatrix.cjs');

/** Folders of `adapters` that read one format each; `mapping`, `suggest` and the files next to them use all of them. */
const formats = 'csv|fixed|copybook|dbf|hl7|json|xlsx|xml';
/** Tests and fixtures next to what they test may reach anything. */
const testsAndFixtures = ['\\.test\\.ts$', '/fixtures/'];

const inside = (module) => places[module] ?? [`^${module}/`];
const everyModule =
  '^(terms|schemas|machine|adapters|policies|certs|log|migrations|api|hub|clients|console|bin|tests|bench|scenarios|scripts)/';

/** One rule a module: its files import only files of the same module, of terms, and of the modules in its row. */
const matrix = Object.keys(mayImport).map((module) => ({
  name: `module-${module.replaceAll('/', '-')}`,
  comment: `${module} may import only: terms${mayImport[module].map((r) => `, ${r}`).join('')}`,
  severity: 'error',
  from: {
    path: inside(module),
    pathNot: [
      ...testsAndFixtures,
      ...(foreign[module] ?? []),
      // The verbs that run a hub may import it.
      ...(module === 'clients/cli'
        ? [
            '^clients/cli/(demo|init|serve|configurationIn|migrate|backup|restore|verifyBackup|archiveContent|admin|authority)(/|\\.ts$)',
          ]
        : []),
    ],
  },
  to: {
    path: everyModule,
    // a worker thread is an entry point of its own and begins with the TypeScript loader
    pathNot: [
      ...inside(module),
      '^terms/',
      ...(module.startsWith('hub/') ? ['^machine/'] : []),
      '^scripts/(typescript|thread)\\.mjs$',
      ...mayImport[module].flatMap(inside),
    ],
  },
}));

/** A feature uses its own store, and of other features those that the matrix names. */
const featureStores = [
  {
    name: 'no-foreign-feature-store',
    comment: 'A feature does not read the store of another one; moduleMatrix.cjs lists the exceptions.',
    severity: 'error',
    from: {
      path: '^hub/features/([^/]+)/',
      pathNot: [...testsAndFixtures, `^hub/features/(${Object.keys(readsStoreOf).join('|')})/`],
    },
    to: { path: '^hub/features/[^/]+/store/', pathNot: '^hub/features/$1/store/' },
  },
  ...Object.entries(readsStoreOf).map(([feature, others]) => ({
    name: `no-foreign-feature-store-${feature}`,
    comment: `${feature} reads its own store and those of: ${others.join(', ')}`,
    severity: 'error',
    from: { path: `^hub/features/${feature}/`, pathNot: testsAndFixtures },
    to: {
      path: '^hub/features/[^/]+/store/',
      pathNot: `^hub/features/(${[feature, ...others].join('|')})/store/`,
    },
  })),
];

module.exports = {
  forbidden: [
    ...matrix,
    {
      name: 'rows-only-by-flows',
      comment:
        "Rows move only through hub/flows: nothing else may import the row store (backup and restore are the operator's).",
      severity: 'error',
      from: {
        pathNot: [...places['hub/store'], '^hub/flows/', '^tests/', '^bench/', '\\.test\\.ts$'],
      },
      to: { path: '^hub/flows/rows/store/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'events-only-by-their-feature',
      comment: 'Stored events are rows of departments: nothing but the feature imports their SQL.',
      severity: 'error',
      from: { pathNot: ['^hub/features/events/', '^tests/', '^bench/', ...testsAndFixtures] },
      to: { path: '^hub/features/events/store/events\\.ts$' },
    },
    {
      name: 'twins-only-in-the-sandbox',
      comment:
        'Invented rows never mix with real ones: only hub/flows/release/sandbox reads the tables of twins, and the end of a dataset empties them.',
      severity: 'error',
      from: {
        pathNot: [
          '^hub/flows/release/sandbox/store/',
          '^hub/flows/release/sandbox/',
          '^hub/flows/retention/retireDatasets\\.ts$',
          ...testsAndFixtures,
        ],
      },
      to: { path: '^hub/flows/release/sandbox/store/' },
    },
    {
      name: 'no-real-rows-in-the-sandbox',
      comment:
        'What answers with invented rows cannot reach a real one: of the row store it knows types alone.',
      severity: 'error',
      from: { path: '^hub/flows/release/sandbox/', pathNot: testsAndFixtures },
      to: { path: '^hub/flows/rows/store/', dependencyTypesNot: ['type-only'] },
    },
    ...featureStores,
    {
      name: 'readings-are-the-ground',
      comment: 'What every format stands on (adapters/reading) knows no format and no mapping.',
      severity: 'error',
      from: { path: '^adapters/reading/', pathNot: testsAndFixtures },
      to: { path: '^adapters/', pathNot: '^adapters/reading/' },
    },
    {
      name: 'formats-stand-apart',
      comment:
        'A format is built from adapters/reading alone: no format reads with the code of another one, none knows mappings.',
      severity: 'error',
      from: { path: `^adapters/(${formats})/`, pathNot: testsAndFixtures },
      to: { path: '^adapters/', pathNot: ['^adapters/reading/', '^adapters/$1/'] },
    },
    {
      name: 'sql-only-in-store',
      comment: "SQL against the hub's database lives in the folders named store alone.",
      severity: 'error',
      from: {
        pathNot: [
          ...places['hub/store'],
          '^hub/platform/postgres/',
          '^migrations/',
          '^tests/',
          '^bench/',
          '\\.test\\.ts$',
          '^clients/cli/demo/',
          // the database of a department, which is not the hub's
          '^machine/sources/',
          '^clients/cli/listen/copyInTable\\.ts$',
        ],
      },
      to: { path: 'node_modules/(pg|knex|pg-copy-streams|mysql2)/' },
    },
    {
      name: 'terms-runs-in-a-browser',
      comment: 'terms/ holds no node: modules.',
      severity: 'error',
      from: { path: '^terms/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    {
      name: 'no-circles',
      comment:
        'No file needs itself on the way round, types included: what two files share is a file of its own.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'tests-are-not-imported',
      severity: 'error',
      comment: 'What is made for tests is no part of the product, and is held to no purity.',
      from: { pathNot: ['^tests/', '^bench/', '^scenarios/', ...testsAndFixtures, '^scripts/'] },
      to: { path: ['^tests/', '^bench/', ...testsAndFixtures] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^console/dist' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
