/**
 * Code of the hub's tables and views: defaults, conditions, foreign keys, triggers, expressions of indexes, queries of views. It runs in
 * sessions of the hub, so what it writes would be sealed as the hub's own change. It is compared with the code that the migrations make,
 * because the dependencies in the catalogue do not show everything: a superuser can delete them, have a stored expression call another
 * function than its text names, or have the server run a text (`query_to_xml`).
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

/** What the server runs for a table: one default, condition, trigger or index, or one function or table of a view. */
interface CodeLine {
  /** a partition has the name of its table; '' is a table that a job made, or that inherits from another one */
  readonly table: string;
  readonly text: string;
  /** of a default */
  readonly column: string | null;
  /** it calls immutable functions of the server only: these run no other code, and change no row */
  readonly plain: boolean;
}

/** Functions that a stored expression calls, and objects of a user that it names otherwise, such as a domain with a condition. */
const calledIn = (tree: string): string =>
  `(SELECT array_agg(DISTINCT found[2]::oid) FROM regexp_matches(${tree}::text, ':(funcid|opfuncid|hashfuncid|negfuncid|aggfnoid|winfnoid|resulttype) ([0-9]+)', 'g') AS found
     WHERE found[1] <> 'resulttype' AND found[2] <> '0' OR found[2]::oid >= 16384)`;

/**
 * Tables and views of the migrations ($1), partitions, tables that inherit from others, and tables of rows. Other tables of the schema
 * "public" are those of the administrator: no statement of the hub names them.
 */
const ofTables = `
WITH ours AS (
  SELECT c.oid, CASE WHEN made.name = ANY ($1::text[]) THEN made.name ELSE '' END AS name
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
   CROSS JOIN LATERAL (SELECT CASE WHEN n.nspname = 'rows' THEN ''
                                   WHEN c.relispartition THEN (SELECT p.relname FROM pg_inherits AS i JOIN pg_class AS p ON p.oid = i.inhparent WHERE i.inhrelid = c.oid)
                                   ELSE c.relname END::text AS name) AS made
   WHERE n.nspname IN ('public', 'rows') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
     AND (n.nspname = 'rows' OR c.relname = ANY ($1) OR EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = c.oid))),
     code AS (SELECT adrelid AS of, 'default' AS kind, oid, xmin::text AS version FROM pg_attrdef
              UNION ALL SELECT conrelid, 'constraint', oid, xmin::text FROM pg_constraint WHERE contype IN ('c', 'f', 'x')
              UNION ALL SELECT tgrelid, 'trigger', oid, xmin::text FROM pg_trigger AS t WHERE ${isUserTrigger('t')}
              UNION ALL SELECT indrelid, 'index', indexrelid, xmin::text FROM pg_index WHERE indexprs IS NOT NULL OR indpred IS NOT NULL
              UNION ALL SELECT ev_class, 'rule', oid, xmin::text FROM pg_rewrite)`;

/** Changes with each row of the catalogue that has code of these tables: `xmin` is the transaction that wrote the row. */
const versions = `${ofTables}
SELECT sha256(convert_to(coalesce(string_agg(concat_ws(' ', kind, code.oid, version), ',' ORDER BY kind, code.oid), ''), 'UTF8')) AS versions
  FROM code JOIN ours ON ours.oid = code.of`;

/** Names of tables and indexes are left out of the texts, so that those of partitions equal those of their table. */
const lines = `${ofTables}
SELECT DISTINCT ours.name AS table, concat_ws(' ', code.kind, one.text, called.names) AS text, one."column", coalesce(called.plain, true) AS plain
  FROM ours JOIN code ON code.of = ours.oid CROSS JOIN LATERAL (
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
  ) AS one (text, called, "column") CROSS JOIN LATERAL (
    SELECT string_agg(concat(CASE WHEN f.oid >= 16384 THEN 'of a user: ' END, f.oid::regprocedure), ' ' ORDER BY f.oid::regprocedure::text COLLATE "C") AS names,
           bool_and(EXISTS (SELECT FROM pg_proc AS p WHERE p.oid = f.oid AND p.oid < 16384 AND p.provolatile = 'i')) AS plain
      FROM unnest(one.called) AS f (oid)
  ) AS called`;

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** @param tables names of the tables and views of the migrations */
async function codeLines(reader: Reader, tables: readonly string[]): Promise<CodeLine[]> {
  await reader.query(textSettings);
  const { rows } = await reader.query<CodeLine>(lines, [tables]);
  return rows;
}

/** The content of `codePath` for a migrated database. @param tables names of its tables and views */
export async function codeText(reader: Reader, tables: readonly string[]): Promise<string> {
  // also those without code: what is added to them is foreign
  const made = new Map<string, string[]>(tables.map((table) => [table, []]));
  for (const { table, text } of await codeLines(reader, tables)) made.get(table)?.push(digestOf(text));
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
 * @param isAccepted code of a table of the migrations that counts as theirs
 * @returns their names; `rows` for tables that jobs make
 */
export async function alteredCode(
  reader: Reader,
  isAccepted: (line: CodeLine) => boolean = () => false,
): Promise<readonly string[]> {
  const found = await codeLines(reader, [...expected().keys()]);
  const foreign = found.filter((line) =>
    line.table === ''
      ? !isHarmless(line)
      : expected().get(line.table)?.has(digestOf(line.text)) !== true && !isAccepted(line),
  );
  return [...new Set(foreign.map(({ table }) => (table === '' ? 'rows' : table)))].sort();
}

/**
 * Whether foreign code may stay, such as an index or a condition that an administrator or a newer release added. Not harmless are a default of
 * a column that the hub seals, a foreign key that changes rows, and a view that reads more tables.
 */
function isHarmless({ table, text, column, plain }: CodeLine): boolean {
  if (column !== null && isSealed(table)) {
    const { sealed, open } = ruleOf(table);
    return plain && !sealed.includes(column) && !(column in open);
  }
  return plain && !/^rule reads | ON (?:DELETE|UPDATE) /.test(text);
}

/** Compares the code before rows are sealed. It is read again where rows of the catalogue differ from those that were compared last. */
export class ComparedCode {
  private compared: string | undefined;

  /** @param reader in the transaction whose changes are sealed @throws Problem rows_unauthenticated */
  async refuseAltered(reader: ClientBase): Promise<void> {
    const now = await versionsOf(reader);
    if (now === this.compared) return;
    const [altered] = await alteredCode(reader, isHarmless);
    if (altered !== undefined) throw new Problem('rows_unauthenticated', { table: altered });
    // another session may have changed it in between: then the next act compares it again
    if ((await versionsOf(reader)) === now) this.compared = now;
  }
}

/** Planned once on each connection. */
async function versionsOf(reader: ClientBase): Promise<string | undefined> {
  const statement = { name: 'versions_of_code', text: versions, values: [[...expected().keys()]] };
  const { rows } = await reader.query<{ versions: Buffer }>(statement);
  return rows[0]?.versions.toString('hex');
}
