/**
 * Code of the hub's own tables and views: defaults, conditions, foreign keys, triggers, expressions of indexes, queries of views. It runs in
 * the sessions of the hub, so what it writes would be sealed as the hub's own change. Its texts are compared with those that the migrations
 * make, whatever the dependencies in the catalogue state: a superuser can delete these, or call a function by a text that the server runs.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrationNames, migrationsFolder } from '../../../../migrations/index.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { Reader } from '../reader.ts';
import { digestsOf, type SchemaObject } from '../schemaObjects.ts';
import { textSettings } from '../session.ts';
import { isUserTrigger } from '../triggers.ts';

/** Digests of the code of each table of a migrated database; written by `npm run generate`. */
export const codePath = join(migrationsFolder, 'code.json');

/**
 * Functions that an expression calls. The text of an expression names an operator; a superuser can have the stored expression call another
 * function than that of the operator.
 */
const functionsOf = (tree: string): string =>
  `(SELECT string_agg(DISTINCT called[1]::oid::regprocedure::text, ' ') FROM regexp_matches(${tree}::text, ':(?:funcid|opfuncid|aggfnoid|winfnoid) ([0-9]+)', 'g') AS called)`;

/** Rows of the catalogue with code of the tables; partitions have that of their table. */
const ofTables = `
WITH ours AS (SELECT oid, relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND NOT relispartition AND relkind IN ('r', 'p', 'v')
                 AND relname NOT LIKE 'migration%' AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = pg_class.oid AND d.deptype = 'e')),
     code AS (SELECT adrelid AS of, 'default' AS kind, oid, xmin::text AS version FROM pg_attrdef
              UNION ALL SELECT conrelid, 'constraint', oid, xmin::text FROM pg_constraint WHERE contype IN ('c', 'f', 'x')
              UNION ALL SELECT tgrelid, 'trigger', oid, xmin::text FROM pg_trigger AS t WHERE ${isUserTrigger('t')}
              UNION ALL SELECT indrelid, 'index', indexrelid, xmin::text FROM pg_index WHERE indexprs IS NOT NULL OR indpred IS NOT NULL
              UNION ALL SELECT ev_class, 'rule', oid, xmin::text FROM pg_rewrite)`;

/** The version of a row of the catalogue is the transaction that wrote it. */
const versions = `${ofTables}
SELECT count(*) || ' ' || coalesce(sum(hashtextextended(kind || version, code.oid::bigint)), 0) AS versions FROM code JOIN ours ON ours.oid = code.of`;

const texts = `${ofTables}
SELECT ours.name, string_agg(line, E'\\n' ORDER BY line COLLATE "C") AS text FROM ours JOIN code ON code.of = ours.oid CROSS JOIN LATERAL (
  SELECT concat_ws(' ', a.attname, pg_get_expr(d.adbin, d.adrelid), ${functionsOf('d.adbin')}) AS line
    FROM pg_attrdef AS d JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE code.kind = 'default' AND d.oid = code.oid
  UNION ALL SELECT concat_ws(' ', k.conname, replace(pg_get_constraintdef(k.oid), ' NOT VALID', ''), ${functionsOf('k.conbin')})
    FROM pg_constraint AS k WHERE code.kind = 'constraint' AND k.oid = code.oid
  UNION ALL SELECT concat_ws(' ', pg_get_triggerdef(t.oid), ${functionsOf('t.tgqual')}) FROM pg_trigger AS t WHERE code.kind = 'trigger' AND t.oid = code.oid
  UNION ALL SELECT concat_ws(' ', pg_get_indexdef(x.indexrelid), ${functionsOf('x.indexprs')}, ${functionsOf('x.indpred')})
    FROM pg_index AS x WHERE code.kind = 'index' AND x.indexrelid = code.oid
  UNION ALL SELECT concat_ws(' ', r.rulename, ${functionsOf('r.ev_action')}) FROM pg_rewrite AS r WHERE code.kind = 'rule' AND r.oid = code.oid
) AS one WHERE line IS NOT NULL GROUP BY ours.name ORDER BY ours.name`;

/** The code of each table and view, by its name. */
export async function tableCode(reader: Reader): Promise<SchemaObject[]> {
  const { rows } = await reader.query<{ name: string; text: string }>(texts);
  return rows;
}

/** Names of tables and views whose code is not that of the migrations. @param reader in a transaction */
export async function alteredCode(reader: Reader): Promise<readonly string[]> {
  await reader.query(textSettings);
  const found = digestsOf(await tableCode(reader));
  const expected = new Map(
    Object.entries(JSON.parse(readFileSync(codePath, 'utf8')) as Readonly<Record<string, string>>),
  );
  return [...new Set([...found.keys(), ...expected.keys()])].filter(
    (name) => found.get(name) !== expected.get(name),
  );
}

/** Compares the code before rows are sealed, when it is not the same rows of the catalogue as at the last comparison. */
export class ComparedCode {
  private compared: string | undefined;

  /** @param reader in the transaction whose changes are sealed @throws Problem rows_unauthenticated */
  async refuseAltered(reader: Reader): Promise<void> {
    const now = await versionsOf(reader);
    if (now === this.compared) return;
    const [altered] = await alteredCode(reader);
    if (altered !== undefined && (await isNewer(reader))) return;
    if (altered !== undefined || (await versionsOf(reader)) !== now)
      throw new Problem('rows_unauthenticated', { table: altered ?? 'catalogue' });
    this.compared = now;
  }
}

/** Whether a newer release has migrated the database, whose code this process does not know. */
async function isNewer(reader: Reader): Promise<boolean> {
  const { rows } = await reader.query<{ name: string }>(
    'SELECT name FROM migration ORDER BY name COLLATE "C" DESC LIMIT 1',
  );
  return (rows[0]?.name ?? '') > (migrationNames.at(-1) ?? '');
}

async function versionsOf(reader: Reader): Promise<string> {
  const { rows } = await reader.query<{ versions: string }>(versions);
  return rows[0]?.versions ?? '';
}
