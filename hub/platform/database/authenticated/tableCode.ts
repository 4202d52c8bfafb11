/**
 * Code of the hub's tables and views: defaults, conditions, foreign keys, triggers, expressions of indexes and of partition keys, bounds of
 * partitions, queries of views. It runs in sessions of the hub, so what it writes would be sealed as the hub's own change. It is compared
 * with the code that the migrations make, because the dependencies in the catalogue do not show everything: a superuser can delete them,
 * have a stored expression call another function than its text names, or have the server run a text (`query_to_xml`).
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientBase } from 'pg';
import { migrationsFolder } from '../../../../migrations/index.ts';
import { lazily } from '../../../../terms/lazily.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { Reader } from '../reader.ts';
import { textSettings } from '../session.ts';
import { isUserTrigger } from '../triggers.ts';
import { isSealed, ruleOf } from './rules.ts';

/** Digests of the code of each table of a migrated database, separated by spaces; written by `npm run generate`. */
export const codePath = join(migrationsFolder, 'code.json');

/** What the server runs for a table: one default, condition, trigger, index or key, or one function or table of a view. */
interface CodeLine {
  /** a partition has the name of its table; '' is a table that a job made, or that inherits from another one */
  readonly table: string;
  /** the row of the catalogue that has it, and the version of this row */
  readonly version: string;
  /** null: the row has no code, such as a bound that is a constant */
  readonly text: string | null;
  /** of a default */
  readonly column: string | null;
  /** it calls immutable functions of the server only: these run no other code, and change no row */
  readonly plain: boolean;
}

/**
 * SQL: ids of the functions that a stored expression calls, and of the objects of a user that it names otherwise: types such as a domain with
 * a condition, operators, and lists of operators and of their families, such as those of a comparison of rows.
 */
export const calledIn = (tree: string): string =>
  `(SELECT array_agg(DISTINCT id) FROM (
      SELECT found[1]::oid FROM regexp_matches(${tree}::text, ':(?:funcid|opfuncid|hashfuncid|negfuncid|aggfnoid|winfnoid) ([0-9]+)', 'g') AS found WHERE found[1] <> '0'
      UNION ALL SELECT one::oid FROM regexp_matches(${tree}::text, '(?:type|typeid|typeId|typid|op|opno|func|Func|handler) ([0-9]{5,})|(constraintDeps )?\\(o ([0-9 ]+)', 'g') AS found
                 CROSS JOIN LATERAL string_to_table(coalesce(found[1], found[3]), ' ') AS one WHERE found[2] IS NULL AND one::oid >= 16384) AS found (id))`;

/**
 * Tables and views of the migrations ($1), partitions, tables that inherit from others, and tables of rows. Other tables of the schema
 * "public" are those of the administrator: no statement of the hub names them. `version` has the transaction that wrote the row (`xmin`), and
 * of a default of a table of the migrations the one that named its column.
 */
const listed = `
WITH ours AS (
  SELECT c.oid, coalesce(migrated.name, '') AS name
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
   CROSS JOIN LATERAL (SELECT CASE WHEN n.nspname = 'rows' THEN NULL
                                   WHEN c.relispartition THEN (SELECT p.relname FROM pg_inherits AS i JOIN pg_class AS p ON p.oid = i.inhparent WHERE i.inhrelid = c.oid)
                                   ELSE c.relname END::text AS name) AS made
    LEFT JOIN unnest($1::text[]) AS migrated (name) ON migrated.name = made.name
   WHERE n.nspname IN ('public', 'rows') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
     AND (n.nspname = 'rows' OR migrated.name IS NOT NULL OR EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = c.oid))),
     code AS (SELECT adrelid AS of, 'default' AS kind, oid, xmin, adnum FROM pg_attrdef
              UNION ALL SELECT conrelid, 'constraint', oid, xmin, NULL FROM pg_constraint WHERE contype IN ('c', 'f', 'x')
              UNION ALL SELECT tgrelid, 'trigger', oid, xmin, NULL FROM pg_trigger AS t WHERE ${isUserTrigger('t')}
              UNION ALL SELECT indrelid, 'index', indexrelid, xmin, NULL FROM pg_index WHERE indexprs IS NOT NULL OR indpred IS NOT NULL
              UNION ALL SELECT ev_class, 'rule', oid, xmin, NULL FROM pg_rewrite
              UNION ALL SELECT partrelid, 'key', partrelid, xmin, NULL FROM pg_partitioned_table WHERE partexprs IS NOT NULL
              UNION ALL SELECT oid, 'bound', oid, xmin, NULL FROM pg_class WHERE relispartition AND relkind IN ('r', 'p', 'f')),
     listed AS (SELECT code.oid, code.kind, ours.name, concat_ws(' ', code.oid, code.xmin, code.kind, ours.name,
                         (SELECT a.xmin FROM pg_attribute AS a WHERE a.attrelid = code.of AND a.attnum = code.adnum AND ours.name <> '')) AS version
                  FROM code JOIN ours ON ours.oid = code.of)`;

const versions = `coalesce(string_agg(version, ',' ORDER BY version COLLATE "C"), '')`;

/** Changes with each row of the catalogue that has code of these tables. */
const versionsDigest = `${listed} SELECT encode(sha256(convert_to(${versions}, 'UTF8')), 'hex') AS text FROM listed`;

const versionsList = `${listed} SELECT ${versions} AS text FROM listed`;

/**
 * Names of tables and indexes are left out of the texts, so that those of partitions equal those of their table.
 * @param some condition on the rows of the catalogue that are read
 */
const linesOf = (some: string): string => `${listed}
SELECT code.name AS table, code.version, CASE WHEN one.text IS NOT NULL THEN concat_ws(' ', code.kind, one.text, called.names) END AS text,
       one."column", coalesce(called.plain, true) AS plain
  FROM (SELECT * FROM listed ${some}) AS code LEFT JOIN LATERAL (
    SELECT concat_ws(' ', a.attname, a.attgenerated, pg_get_expr(d.adbin, d.adrelid)) AS text, ${calledIn('d.adbin')}, a.attname::text
      FROM pg_attrdef AS d JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE code.kind = 'default' AND d.oid = code.oid
    UNION ALL SELECT replace(pg_get_constraintdef(k.oid), ' NOT VALID', ''), ${calledIn('k.conbin')}, NULL
      FROM pg_constraint AS k WHERE code.kind = 'constraint' AND k.oid = code.oid
    UNION ALL SELECT regexp_replace(pg_get_triggerdef(t.oid), ' ON [^ ]+ ', ' '), ${calledIn('t.tgqual')}, NULL
      FROM pg_trigger AS t WHERE code.kind = 'trigger' AND t.oid = code.oid
    UNION ALL SELECT concat_ws(' ', pg_get_expr(x.indexprs, x.indrelid), pg_get_expr(x.indpred, x.indrelid)), ${calledIn("(coalesce(x.indexprs::text, '') || coalesce(x.indpred::text, ''))")}, NULL
      FROM pg_index AS x WHERE code.kind = 'index' AND x.indexrelid = code.oid
    UNION ALL SELECT format('reads %s.%s', c.relnamespace::regnamespace, c.relname), NULL, NULL FROM pg_rewrite AS r CROSS JOIN LATERAL regexp_matches(r.ev_action::text, ':relid ([0-9]+)', 'g') AS found
      JOIN pg_class AS c ON c.oid = found[1]::oid WHERE code.kind = 'rule' AND r.oid = code.oid AND c.oid <> r.ev_class
    UNION ALL SELECT 'calls', ARRAY[f.oid], NULL FROM pg_rewrite AS r CROSS JOIN LATERAL unnest(${calledIn('r.ev_action')}) AS f (oid)
      WHERE code.kind = 'rule' AND r.oid = code.oid
    UNION ALL SELECT pg_get_partkeydef(p.partrelid), ${calledIn('p.partexprs')}, NULL
      FROM pg_partitioned_table AS p WHERE code.kind = 'key' AND p.partrelid = code.oid
    UNION ALL SELECT 'calls', ARRAY[f.oid], NULL FROM pg_class AS c CROSS JOIN LATERAL unnest(${calledIn('c.relpartbound')}) AS f (oid)
      WHERE code.kind = 'bound' AND c.oid = code.oid
  ) AS one (text, called, "column") ON true CROSS JOIN LATERAL (
    SELECT string_agg(concat(CASE WHEN f.oid >= 16384 THEN 'of a user: ' END, f.oid::regprocedure), ' ' ORDER BY f.oid::regprocedure::text COLLATE "C") AS names,
           bool_and(EXISTS (SELECT FROM pg_proc AS p WHERE p.oid = f.oid AND p.oid < 16384 AND p.provolatile = 'i')) AS plain
      FROM unnest(one.called) AS f (oid)
  ) AS called`;

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** @param tables names of the tables and views of the migrations @param ids of the rows of the catalogue to read (default: all) */
async function codeLines(
  reader: Reader,
  tables: readonly string[],
  ids?: readonly string[],
): Promise<CodeLine[]> {
  await reader.query(textSettings);
  const { rows } =
    ids === undefined
      ? await reader.query<CodeLine>(linesOf(''), [tables])
      : await reader.query<CodeLine>(linesOf('WHERE oid = ANY ($2)'), [tables, ids]);
  return rows;
}

/** The content of `codePath` for a migrated database. @param tables names of its tables and views */
export async function codeText(reader: Reader, tables: readonly string[]): Promise<string> {
  // also those without code: what is added to them is foreign
  const made = new Map<string, string[]>(tables.map((table) => [table, []]));
  for (const { table, text } of await codeLines(reader, tables))
    if (text !== null) made.get(table)?.push(digestOf(text));
  const sorted = [...made].sort(([one], [other]) => (one < other ? -1 : 1));
  const written = Object.fromEntries(
    sorted.map(([table, digests]) => [table, [...new Set(digests)].sort().join(' ')]),
  );
  return `${JSON.stringify(written, undefined, 2)}\n`;
}

const expected = lazily((): ReadonlyMap<string, ReadonlySet<string>> => {
  const read = JSON.parse(readFileSync(codePath, 'utf8')) as Readonly<Record<string, string>>;
  return new Map(Object.entries(read).map(([table, digests]) => [table, new Set(digests.split(' '))]));
});

/**
 * Tables with code that no migration makes. Code that is missing runs nothing, so it is not among it.
 * @param reader in a transaction
 * @returns their names; `rows` for tables that jobs make
 */
export async function alteredCode(reader: Reader): Promise<readonly string[]> {
  const found = await codeLines(reader, [...expected().keys()]);
  const foreign = found.filter((line) => isForeign(line) && !(line.table === '' && isHarmless(line)));
  return [...new Set(foreign.map(nameOf))].sort();
}

const nameOf = ({ table }: CodeLine): string => (table === '' ? 'rows' : table);

/** Whether no migration makes it. */
const isForeign = ({ table, text }: CodeLine): boolean =>
  text !== null && expected().get(table)?.has(digestOf(text)) !== true;

/**
 * Whether foreign code may stay, such as an index or a condition that an administrator or a newer release added. Not harmless are a default of
 * a column that the hub seals, a foreign key that changes rows, and a view that reads more tables.
 */
function isHarmless({ table, text, column, plain }: CodeLine): boolean {
  if (column !== null && isSealed(table)) {
    const { sealed, open } = ruleOf(table);
    return plain && !sealed.includes(column) && !(column in open);
  }
  return plain && !/^rule reads | ON (?:DELETE|UPDATE) /.test(text ?? '');
}

/** Rows of the catalogue that one statement reads: each statement of a call ends before its deadline. */
const maxRead = 1_000;

/**
 * Compares the code before rows are sealed. It remembers which versions of rows of the catalogue it has compared, one short text for each,
 * and reads only the other ones: each batch adds a row. A version that is replaced never returns.
 */
export class ComparedCode {
  private compared: ReadonlySet<string> = new Set();
  /** of the list of all versions, when all of them had been compared */
  private digest: string | undefined;

  /** @param reader in the transaction whose changes are sealed @throws Problem rows_unauthenticated */
  async refuseAltered(reader: ClientBase): Promise<void> {
    if ((await asNow(reader, digestStatement)) === this.digest) return;
    const list = await asNow(reader, listStatement);
    const all = list === '' ? [] : list.split(',');
    const compared = new Set(all.filter((version) => this.compared.has(version)));
    this.compared = compared;
    const fresh = all.filter((version) => !compared.has(version));
    for (let at = 0; at < fresh.length; at += maxRead) {
      const read = await comparedVersions(reader, fresh.slice(at, at + maxRead));
      for (const version of read) compared.add(version);
    }
    // another session may have changed some in between: then the next act reads these
    this.digest = all.every((version) => compared.has(version)) ? digestOfList(list) : undefined;
  }
}

/** @returns the versions that were read @throws Problem rows_unauthenticated */
async function comparedVersions(reader: ClientBase, versions: readonly string[]): Promise<string[]> {
  const ids = versions.map((version) => version.slice(0, version.indexOf(' ')));
  const found = await codeLines(reader, [...expected().keys()], ids);
  const foreign = found.find((line) => isForeign(line) && !isHarmless(line));
  if (foreign !== undefined) throw new Problem('rows_unauthenticated', { table: nameOf(foreign) });
  return found.map(({ version }) => version);
}

const digestOfList = (list: string): string => createHash('sha256').update(list).digest('hex');

/** Planned once on each connection. */
const digestStatement = { name: 'digest_of_code', text: versionsDigest };
const listStatement = { name: 'versions_of_code', text: versionsList };

async function asNow(reader: ClientBase, statement: { name: string; text: string }): Promise<string> {
  const { rows } = await reader.query<{ text: string }>({ ...statement, values: [[...expected().keys()]] });
  const [row] = rows;
  if (row === undefined) throw new TypeError('an aggregate has one row');
  return row.text;
}
