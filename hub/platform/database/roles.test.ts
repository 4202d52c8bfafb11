import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { candidates } from '../postgres/programs.ts';
import { startPostgres } from '../postgres/startPostgres.ts';
import { Problem } from '../../../terms/problem.ts';
import { asLogin, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { majorOf } from './roles.ts';

test('PostgreSQL before 15 is refused by the number it reports', () => {
  assert.throws(() => majorOf('140023'), { code: 'database_too_old', message: /14/ });
  assert.equal(majorOf('150018'), 15);
});

/** Logins as administrators of managed databases give them out: no superuser, each in a server of its own. */
for (const flavour of ['system', 'bundled'] as const) {
  const there = (await candidates(flavour, undefined).next()).done !== true;
  describe(`PostgreSQL: ${flavour}`, { skip: !there }, async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'datong-roles-'));
    await chmod(stateDir, 0o711);
    const server = await startPostgres({ stateDir, flavour, durable: false });
    after(async () => {
      await server.destroy();
      await rm(stateDir, { recursive: true, force: true });
    });
    const { host, port, user } = server;
    const admin = { host, port, user, database: 'postgres' };
    const run = async (sql: string, database = 'postgres'): Promise<void> => {
      await asLogin({ ...admin, database }, async (login) => {
        for (const statement of sql.split(';')) await login.query(statement);
      });
    };
    const works = async (login: string, name: string): Promise<void> => {
      const database = await openDatabase({ host, port, user: login, database: name }, { durable: false });
      try {
        await migrate(database);
        const { rows } = await database.app.query('SELECT current_user AS acts, session_user AS login');
        assert.deepEqual(rows, [{ acts: 'datong_app', login }]);
        const stored = [
          'DELETE FROM audit_entry',
          // agreements and requests name impact assessments by digest, and outlast every entry decided under them
          ...['policy_document', 'request', 'request_event'].map((table) => `DELETE FROM ${table}`),
          "UPDATE policy_document SET text = '', digest = ''",
          "UPDATE request_event SET said = '{}'",
        ];
        for (const sql of stored) await assert.rejects(database.app.query(sql), { code: '42501' }, sql);
      } finally {
        await database.close();
      }
    };

    test('a login that may make neither roles nor grants is reported with what is missing', async () => {
      await run('CREATE ROLE poor LOGIN; CREATE DATABASE poor OWNER poor');
      await assert.rejects(
        openDatabase({ host, port, user: 'poor', database: 'poor' }),
        /may not make the roles/,
      );
    });

    test('a login with CREATEROLE that owns its database makes them itself', async () => {
      await run('CREATE ROLE maker LOGIN CREATEROLE; CREATE DATABASE made OWNER maker');
      await works('maker', 'made');
    });

    test('a second hub on the server shares the roles', async () => {
      await run(
        'CREATE ROLE second LOGIN; CREATE DATABASE second OWNER second; GRANT datong_owner, datong_app TO second',
      );
      await works('second', 'second');
    });

    test('a login that acts as both but has no grants in its database is reported with what is missing, and does not retry forever', async () => {
      await run(
        'CREATE ROLE grantless LOGIN; CREATE DATABASE bare; GRANT datong_owner, datong_app TO grantless',
      );
      await assert.rejects(
        openDatabase({ host, port, user: 'grantless', database: 'bare' }),
        (error: unknown) => {
          assert.ok(error instanceof Problem && error.code === 'database_grants_missing');
          assert.match(error.next.en, /GRANT CREATE, TEMPORARY ON DATABASE bare TO datong_owner;/);
          return true;
        },
      );
    });

    test('the statements of docs/operations.md are enough for a login without any right', async () => {
      await run(
        'CREATE ROLE hub_login LOGIN; CREATE DATABASE datong; GRANT datong_owner, datong_app TO hub_login',
      );
      await run(
        'GRANT CREATE, TEMPORARY ON DATABASE datong TO datong_owner; GRANT USAGE, CREATE ON SCHEMA public TO datong_owner; GRANT USAGE ON SCHEMA public TO datong_app',
        'datong',
      );
      await works('hub_login', 'datong');
    });
  });
}
