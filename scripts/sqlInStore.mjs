import { privateMembers } from './privateMembers.mjs';

/**
 * SQL, SQLSTATEs, transactions and the driver belong to the folders named store alone (docs/ARCHITECTURE.md): no other code can then hold a lock, begin a
 * transaction or read an error code that the store does not know of.
 */
const statement =
  '/^\\s*(SELECT\\s|INSERT INTO\\s|UPDATE\\s+\\w+\\s+(AS\\s+\\w+\\s+)?SET\\s|DELETE FROM\\s|CREATE (TABLE|INDEX|UNIQUE|ROLE|DATABASE|TEMP|FUNCTION|TRIGGER|SCHEMA)|ALTER (TABLE|ROLE|DATABASE|FUNCTION)|DROP (TABLE|INDEX|ROLE|DATABASE|SCHEMA)|TRUNCATE\\s|LOCK TABLE\\s|BEGIN(;|$|\\s+(ISOLATION|TRANSACTION))|START TRANSACTION|COMMIT(;|$)|ROLLBACK|SAVEPOINT\\s|SET (LOCAL|SESSION)\\s|WITH\\s+\\w+\\s+AS\\s*\\()/';
const state = '/^(08|23|25|28|40|42|53|55|57)[0-9A-Z]{3}$/';
const why =
  'SQL and SQLSTATEs belong to a folder named store: call a function of it, and name its errors (hub/platform/database/failure.ts)';

/**
 * Where the rule does not hold: the store, what makes its tables, tests; the demo, which plays the administrator who tampers; and the
 * connector and pulls, whose databases are departments' own.
 */
const storeFiles = [
  'hub/platform/database/**',
  'hub/**/store/**',
  'migrations/**',
  'tests/**',
  'bench/**',
  'scripts/**',
  '**/*.test.ts',
  'clients/cli/demo/acts/tamperAct.ts',
  'clients/cli/provide/sqlRows.ts',
  'clients/cli/listen/copyInTable.ts',
  'hub/features/pulls/openSource.ts',
  'machine/sources/**',
];

// one rule has one list of selectors: where several hold, it has all of them
const selectors = [
  privateMembers,
  { selector: `Literal[value=${statement}]`, message: why },
  { selector: `TemplateElement:first-child[value.raw=${statement}]`, message: why },
  { selector: `Literal[value=${state}]`, message: why },
];
const drivers = ['pg', 'knex', 'pg-copy-streams', 'mysql2'].map((name) => ({ name, message: why }));
/** A key straight from the generator can stop the whole process while it is exported: machine/newKeyPair.ts. A rule has one list of imports. */
export const keyGenerators = [
  { name: 'node:crypto', importNames: ['generateKeyPair', 'generateKeyPairSync'] },
];
/** However a statement is written, in small letters or put together: within the hub no other code queries a pool or a connection. */
const asking = {
  selector: "CallExpression[callee.property.name='query']:not([callee.object.name='checks'])",
  message: why,
};

/** What is refused within the hub. */
export const ofTheHub = [...selectors, asking];

export const sqlInStore = [
  {
    files: ['**/*.ts'],
    ignores: storeFiles,
    rules: {
      'no-restricted-syntax': ['error', ...selectors],
      'no-restricted-imports': ['error', { paths: [...drivers, ...keyGenerators] }],
    },
  },
  {
    files: ['hub/**/*.ts'],
    ignores: storeFiles,
    rules: { 'no-restricted-syntax': ['error', ...ofTheHub] },
  },
];
