/** Code of a database administrator that a statement of the hub may run. The hub refuses its acts while it is there. */
import assert from 'node:assert/strict';
import { after, before, mock, test } from 'node:test';
import type { Client } from 'pg';
import { Follower } from '../../hub/log/writer/follower.ts';
import { compareRows } from '../comparison.ts';
import type { TestHub } from '../hub.ts';

/** Code that alters a purpose in the session that runs it, with the rights of the administrator. @param schema where it is */
export const evilIn = (
  schema: string,
): string => `CREATE FUNCTION ${schema}.evil() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  UPDATE public.purpose SET title_en = 'evil' WHERE code = 'school-enrolment' AND title_en <> 'evil';
  RETURN true;
END $$`;

/** A way by which a statement of the hub runs that code, and how it is removed. */
export type Carrier = readonly [name: string, made: readonly string[], removed: readonly string[]];

/** Runs the comparisons. @returns the findings about rows and the catalogue */
export async function foundBy(hub: TestHub, administrator: Client): Promise<string[]> {
  await compareRows(hub);
  assert.equal(await hub.hub.runner.run('verifyDatasets'), 'ok');
  const { rows } = await administrator.query<{ code: string; about: string }>(
    `SELECT code, about FROM log_finding WHERE about <> '' ORDER BY about`,
  );
  return rows.map(({ code, about }) => `${code} ${about}`);
}

/**
 * The log also compares its guards every ten seconds by itself, and halts for good where they are not its own. In the tests of a file that
 * calls this it does not: they show what the comparisons of the rows find.
 */
export function withoutLookAtGuards(): void {
  before(() => {
    const looking = Follower.prototype as unknown as { lookAtGuards: () => Promise<void> };
    mock.method(looking, 'lookAtGuards', () => Promise.resolve());
  });
  after(() => mock.restoreAll());
}

/** One test for each carrier. @param administrator a session of a superuser */
export async function carrierTests(
  hub: TestHub,
  administrator: Client,
  carriers: readonly Carrier[],
): Promise<void> {
  const title = async (): Promise<string | undefined> =>
    (
      await administrator.query<{ title: string }>(
        `SELECT title_en AS title FROM purpose WHERE code = 'school-enrolment'`,
      )
    ).rows[0]?.title;
  const original = await title();
  withoutLookAtGuards();
  for (const [nth, [name, made, removed]] of carriers.entries())
    test(`${name}: what it writes is not sealed, and acts of the hub are refused while it is there`, async () => {
      for (const statement of made) await administrator.query(statement);
      await assert.rejects(hub.token(`clerk ${nth}`, ['clerk']), { code: 'rows_unauthenticated' });
      for (const statement of removed) await administrator.query(statement);
      const isAltered = (await title()) === 'evil';
      assert.deepEqual(
        await foundBy(hub, administrator),
        isAltered ? ['row_altered purpose school-enrolment'] : [],
      );
      await administrator.query('SET session_replication_role = replica');
      await administrator.query(`UPDATE purpose SET title_en = $1 WHERE code = 'school-enrolment'`, [
        original,
      ]);
      await administrator.query('SET session_replication_role = origin');
      if (isAltered) await foundBy(hub, administrator);
      assert.ok(await hub.token(`clerk again ${nth}`, ['clerk']));
    });
}
