/**
 * A database administrator adds code that a statement of the hub runs, and that removes itself before the hub seals what changed. What it
 * writes is not sealed.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';
import { compareRows } from '../comparison.ts';
import { withoutLookAtGuards } from './carriers.ts';

const { database, hub } = await cityHub({ jobsByTime: false });

/** A session past the hub, of a superuser. */
const administrator = await administratorSession(database);
after(() => hub.stop());
withoutLookAtGuards();

async function found(): Promise<string[]> {
  await compareRows(hub);
  const { rows } = await administrator.query<{ code: string; about: string }>(
    `SELECT code, about FROM log_finding WHERE about <> '' ORDER BY about`,
  );
  return rows.map(({ code, about }) => `${code} ${about}`);
}

const title = async (): Promise<string | undefined> =>
  (
    await administrator.query<{ title: string }>(
      `SELECT title_en AS title FROM purpose WHERE code = 'school-enrolment'`,
    )
  ).rows[0]?.title;
const original = await title();
await administrator.query('CREATE SCHEMA other');
await administrator.query('GRANT USAGE ON SCHEMA other TO datong_app, datong_owner');

/** Code that alters a purpose and then removes itself, in the transaction of the hub that runs it. */
const removing = (
  name: string,
  removal: string,
): string => `CREATE FUNCTION other.${name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  UPDATE public.purpose SET title_en = 'evil' WHERE code = 'school-enrolment' AND title_en <> 'evil';
  ${removal}
  RETURN NEW;
END $$`;
const withTrigger = (name: string, table: string, removal: string): readonly string[] => [
  removing(name, removal),
  `CREATE TRIGGER ${name} BEFORE INSERT ON public.${table} FOR EACH ROW EXECUTE FUNCTION other.${name}()`,
];
const ofTrigger = (name: string): string =>
  `DELETE FROM pg_catalog.pg_trigger WHERE tgname = '${name}'; DELETE FROM pg_catalog.pg_depend WHERE objid NOT IN (SELECT oid FROM pg_catalog.pg_trigger) AND classid = 'pg_catalog.pg_trigger'::regclass;`;
/** Each leaves nothing behind: after the statement of the hub, no trigger, function or default of it is in the catalogue. */
const vanishing: readonly (readonly [name: string, made: readonly string[], removed: readonly string[]])[] = [
  [
    'a trigger that deletes itself from the catalogue',
    withTrigger('gone_row', 'credential', ofTrigger('gone_row')),
    ['DROP TRIGGER IF EXISTS gone_row ON public.credential', 'DROP FUNCTION other.gone_row()'],
  ],
  [
    'a trigger that makes another one, which drops it',
    [
      ...withTrigger('first_row', 'person', ''),
      ...withTrigger(
        'last_row',
        'credential',
        `DROP TRIGGER first_row ON public.person; ${ofTrigger('last_row')}`,
      ),
    ],
    [
      'DROP TRIGGER IF EXISTS last_row ON public.credential',
      'DROP TRIGGER IF EXISTS first_row ON public.person',
      'DROP FUNCTION other.first_row()',
      'DROP FUNCTION other.last_row()',
    ],
  ],
  [
    'a function with the name of one of the server that drops itself',
    [
      `CREATE FUNCTION public.to_timestamp(numeric) RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER AS $$
       BEGIN
         UPDATE public.purpose SET title_en = 'evil' WHERE code = 'school-enrolment' AND title_en <> 'evil';
         DELETE FROM pg_catalog.pg_proc WHERE oid = 'public.to_timestamp(numeric)'::regprocedure;
         RETURN pg_catalog.to_timestamp($1::double precision);
       END $$`,
    ],
    ['DROP FUNCTION IF EXISTS public.to_timestamp(numeric)'],
  ],
];
for (const [nth, [name, made, removed]] of vanishing.entries())
  test(`${name}: what it writes is not sealed`, async () => {
    for (const statement of made) await administrator.query(statement);
    await assert.rejects(hub.token(`vanishing ${nth}`, ['clerk']), { code: 'rows_unauthenticated' });
    for (const statement of removed) await administrator.query(statement);
    assert.equal(await title(), original, 'the transaction of the hub was undone');
    assert.ok(await hub.token(`vanished ${nth}`, ['clerk']));
    assert.deepEqual(await found(), []);
  });

test('a function of the hub that alters a row and then writes its own former text: what it writes is not sealed', async () => {
  const { rows } = await administrator.query<{ body: string }>(
    `SELECT prosrc AS body FROM pg_proc WHERE proname = 'note_row'`,
  );
  const body = rows[0]?.body ?? assert.fail();
  const evilBody = body.replace(
    /BEGIN/,
    `BEGIN
     IF pg_trigger_depth() < 2 THEN
       PERFORM other.restore();
     END IF;`,
  );
  assert.notEqual(evilBody, body);
  const replaced = (text: string): string =>
    `CREATE OR REPLACE FUNCTION public.note_row() RETURNS trigger LANGUAGE plpgsql AS $note$${text}$note$`;
  await administrator.query(
    `CREATE FUNCTION other.restore() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $restore$ BEGIN
       UPDATE public.purpose SET title_en = 'evil' WHERE code = 'school-enrolment' AND title_en <> 'evil';
       ${replaced(body)}; END $restore$`,
  );
  await administrator.query('GRANT USAGE ON SCHEMA other TO datong_app, datong_owner');
  await administrator.query(replaced(evilBody));
  await assert.rejects(hub.token('restoring', ['clerk']), { code: 'rows_unauthenticated' });
  await administrator.query(replaced(body));
  await administrator.query('DROP FUNCTION other.restore()');
  assert.equal(await title(), original);
  assert.ok(await hub.token('restored', ['clerk']));
  assert.deepEqual(await found(), []);
});

test('code that removes itself in a statement that changes no sealed table: what it writes is not sealed, and is found', async () => {
  for (const statement of [
    // other sessions read the triggers of the table anew
    removing(
      'gone_job',
      `${ofTrigger('gone_job')} UPDATE pg_catalog.pg_class SET relhastriggers = relhastriggers WHERE oid = 'public.job'::regclass;`,
    ),
    'CREATE TRIGGER gone_job BEFORE UPDATE ON public.job FOR EACH ROW EXECUTE FUNCTION other.gone_job()',
  ])
    await administrator.query(statement);
  await hub.hub.runner.run('forgetQuotas');
  assert.equal(await title(), 'evil');
  await administrator.query('DROP FUNCTION other.gone_job()');
  assert.deepEqual(await found(), ['row_altered purpose school-enrolment']);
  await administrator.query('SET session_replication_role = replica');
  await administrator.query(`UPDATE purpose SET title_en = $1 WHERE code = 'school-enrolment'`, [original]);
  await administrator.query('SET session_replication_role = origin');
  assert.deepEqual(await found(), []);
});
