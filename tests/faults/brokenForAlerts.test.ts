/**
 * Each alert is fired by a hub whose figures show it: what the rule watches is broken on a real hub with a separate PostgreSQL, /metrics is
 * read before and after, and promtool evaluates the rules over these figures.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import pg from 'pg';
import { parse } from 'yaml';
import { createCertificateRequest } from '../../certs/authority/createRequest.ts';
import { provePossession } from '../../certs/authority/possession.ts';
import { signingKey } from '../../certs/signatures/index.ts';
import { recordBackup } from '../../hub/platform/backup/lastBackup.ts';
import { asLogin, openDatabase } from '../../hub/platform/database/database.ts';
import { migrate } from '../../hub/platform/database/migrate.ts';
import { startPostgres } from '../../hub/platform/postgres/startPostgres.ts';
import { enrol as act } from '../../hub/identity/enrolment/enrol.ts';
import { newKeyPair } from '../../machine/newKeyPair.ts';
import { eventually } from '../eventually.ts';
import { alertsFolder, skip, wrongAlerts, type FiredAlert, type Scrape } from '../firedAlerts.ts';
import { callsLogged } from '../flows/callsLogged.ts';
import { applyCity, testHub, type TestHub } from '../hub.ts';

const day = 86_400_000;
const rules = (
  parse(readFileSync(join(alertsFolder, 'alerts.yaml'), 'utf8')) as {
    readonly groups: readonly { readonly rules: readonly { readonly alert: string }[] }[];
  }
).groups.flatMap((group) => group.rules.map(({ alert }) => alert));

test('each alert is fired by what it watches, broken on a hub', { skip, timeout: 300_000 }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'datong-broken-'));
  const server = await startPostgres({
    stateDir: folder,
    durable: false,
    settings: { max_connections: '40' },
  });
  const address = { host: server.host, port: server.port, user: server.user, database: 'datong' };
  const maintenance = { ...address, database: 'postgres' };
  await asLogin(maintenance, (login) => login.query('CREATE DATABASE datong'));
  const fresh = await openDatabase(address, { durable: false });
  await migrate(fresh);
  await fresh.close();
  // as an archive that was made before the hub's first entry
  await asLogin(maintenance, (login) => login.query('CREATE DATABASE earlier TEMPLATE datong'));

  const opened = await openDatabase(address, { connections: 12, durable: false });
  const ahead = { days: 0 };
  const database = { ...opened, now: () => opened.now() + ahead.days * day, cleanup: () => opened.close() };
  const hub = await testHub({
    database,
    jobsByTime: false,
    calls: { rate: 1_000, burst: 1_000 },
    config: {
      findings: { denials: 5, answerDays: 2 },
      // a receiver that is down
      telemetry: { endpoint: 'http://127.0.0.1:9', metricsSeconds: 1, tracesPerSecond: 0 },
    },
  });
  const earlier = await openDatabase({ ...address, database: 'earlier' }, { connections: 4, durable: false });
  const ends: (() => unknown)[] = [];
  t.after(async () => {
    for (const end of ends.reverse()) await end();
    await Promise.all([earlier.close(), opened.close()]);
    await server.destroy();
    await rm(folder, { recursive: true, force: true });
  });
  let isRunning = true;
  ends.push(() => (isRunning ? hub.stop() : undefined));

  const scrape = (of: TestHub = hub): Promise<string> =>
    fetch(`${of.hub.origins.admin}/metrics`).then((reply) => reply.text());
  const read = (text: string, figure: string): number =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${figure} `))
        ?.slice(figure.length + 1),
    );
  const runJob = (name: string): Promise<string | undefined> => hub.hub.runner.run(name);
  await applyCity(hub, ['city/departments.yaml']);
  const operator = await hub.token('operator', ['operator']);
  const auditor = await hub.token('auditor', ['auditor']);
  const steward = await hub.token('steward', ['steward'], 'education');
  const machine = await hub.enrol('education');
  /** A call that is refused, which has its entry too. */
  const refused = async (): Promise<void> => {
    const context = { purpose: 'any', agreement: 'agr-none', onBehalfOf: 'official-1' };
    await assert.rejects(machine.client.query('education.nothing', {}, context), { code: 'dataset_unknown' });
  };

  const calls = callsLogged(hub, database);

  /** Two tables cannot be read, as after a failed migration. */
  const withoutTables = async (use: () => Promise<void>): Promise<void> => {
    const renamed = (from: string, to: string): Promise<unknown> =>
      opened.owner.query(
        ['risk', 'agreement_quota']
          .map((table) => `ALTER TABLE ${table}${from} RENAME TO ${table}${to}`)
          .join('; '),
      );
    await renamed('', '_away');
    try {
      await use();
    } finally {
      await renamed('_away', '');
    }
  };
  const failOnce = async (): Promise<void> => {
    assert.notEqual(await runJob('forgetQuotas'), 'ok');
    assert.equal((await hub.staff(auditor, 'GET', '/v1/risks')).status, 500);
  };
  const telemetry = 'datong_telemetry_exports_total{signal="metrics",outcome="failed"}';
  const exportsFail = async (times: number): Promise<void> => {
    const before = read(await scrape(), telemetry) || 0;
    await eventually(
      async () => read(await scrape(), telemetry) >= before + times,
      () => 'no export failed',
    );
  };
  /** Another session holds the head of the log, so that no commit ends. */
  const whileLocked = async (use: () => Promise<void>): Promise<void> => {
    const client = await opened.owner.connect();
    try {
      await client.query('BEGIN');
      await client.query('LOCK TABLE audit_head IN ACCESS EXCLUSIVE MODE');
      await use();
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  };

  // counters that begin show no increase
  await withoutTables(async () => {
    await failOnce();
    await scrape();
  });
  await refused();
  await exportsFail(1);
  const begin = Date.now() / 1_000;
  for (const job of ['forgetQuotas', 'watchLog']) assert.equal(await runJob(job), 'ok');
  await recordBackup(hub.stateDir, Date.now());
  const healthy: Scrape = { minutes: 70, text: await scrape() };

  const fired: FiredAlert[] = [];
  /** A state that lasts. @param firesAfter minutes */
  const lasts = (alert: string, text: string | undefined, firesAfter: number, label?: string): void =>
    void fired.push({
      alert,
      healthy,
      broken: [{ minutes: 60, text }],
      firesAfter,
      ...(label === undefined ? {} : { label }),
    });

  await recordBackup(hub.stateDir, Date.now() - 3 * day);
  lasts('DatongBackupStale', await scrape(), 12);
  await recordBackup(hub.stateDir, Date.now());

  await opened.owner.query("UPDATE job SET due = now() - interval '2 hours' WHERE name = 'forgetQuotas'");
  lasts('DatongJobLate', await scrape(), 2);
  assert.equal(await runJob('forgetQuotas'), 'ok');

  await exportsFail(4);
  lasts('DatongTelemetryFails', await scrape(), 2);

  await withoutTables(async () => {
    for (let nth = 0; nth < 6; nth += 1) await failOnce();
    const text = await scrape();
    lasts('DatongFiguresMissing', text, 2);
    // the figure was missing at the read before; the count has increased at this one
    lasts('DatongFailures', text, 2);
    lasts('DatongUnavailable', text, 3);
    lasts('DatongJobFails', text, 2);
  });

  const slow: Scrape[] = [];
  for (let nth = 0; nth < 4; nth += 1) {
    let answers: Promise<unknown> = Promise.resolve();
    await whileLocked(async () => {
      answers = Promise.all(Array.from({ length: 5 }, refused));
      await sleep(700);
    });
    await answers;
    slow.push({ minutes: 2, text: await scrape() });
  }
  fired.push({ alert: 'DatongSlow', healthy, broken: slow, firesAfter: 7 });

  let waiting: Promise<unknown> = Promise.resolve();
  await whileLocked(async () => {
    waiting = Promise.allSettled(Array.from({ length: 150 }, () => calls(1, {})));
    let text = '';
    await eventually(
      async () => {
        text = await scrape();
        return (
          text.includes('datong_readiness{check="commit"} 2') &&
          (read(text, 'datong_log_waiting') > 100 || read(text, 'datong_database_waiting') > 10)
        );
      },
      () =>
        `no queue: ${read(text, 'datong_log_waiting')} entries, ${read(text, 'datong_database_waiting')} statements`,
    );
    lasts('DatongNotReady', text, 2, 'check="commit"');
    lasts('DatongQueueGrows', text, 12);
  });
  await waiting;

  const clients: pg.Client[] = [];
  try {
    for (;;) {
      const client = new pg.Client(address);
      await client.connect();
      clients.push(client);
    }
  } catch (error) {
    assert.match(String(error), /too many clients|remaining connection slots/);
  }
  lasts('DatongDatabaseConnections', await scrape(), 7);
  await Promise.all(clients.map((client) => client.end()));

  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', hub.stateDir]).status === 0) {
    lasts('DatongDiskSpace', await scrape(), 32);
    assert.equal(spawnSync('umount', [hub.stateDir]).status, 0);
  }

  const { json: issued } = await hub.staff(operator, 'POST', '/v1/departments/education/enrolment-codes', {});
  const { identity } = hub.hub.services;
  const key = signingKey(newKeyPair().privateKey);
  const csr = await createCertificateRequest(newKeyPair());
  const iat = Math.floor(database.now() / 1_000);
  const asked = { aud: hub.hub.services.hub.publicOrigin, csr, iat, department: 'education' };
  const proof = provePossession('enrolment', asked, key);
  await identity.perform('enrol', { proven: {} }, (context) =>
    identity.prepare(act, { code: String(issued['code']), csr, proof }, context),
  );
  lasts('DatongDegraded', await scrape(), 32, 'check="enrolments"');
  const objection = await hub.staff(steward, 'POST', `/v1/signing-keys/${key.keyid}/objection`, {
    reason: '不是我们申请的',
  });
  assert.equal(objection.status, 200, JSON.stringify(objection.json));
  lasts('DatongKeyObjected', await scrape(), 2);

  await calls(6, { code: 'no_agreement' });
  assert.equal(await runJob('watchLog'), 'ok');
  ahead.days = 30;
  lasts('DatongFindingsOverdue', await scrape(), 12);
  ahead.days = 0;

  await Promise.all(Array.from({ length: 300 }, () => calls(40, {})));
  lasts('DatongLogIndexBehind', await scrape(), 17);

  const restored = await testHub({
    database: earlier,
    keysDir: hub.hub.config.keysDir,
    jobsByTime: false,
  });
  ends.push(() => restored.stop());
  lasts('DatongLogShrank', await scrape(restored), 2);

  // the clock is set ahead to the last days of the authority, which renews no certificate beyond its end
  ahead.days = read(await scrape(), 'datong_authority_days') - 2;
  const late = await scrape();
  ahead.days = 0;
  lasts('DatongAuthorityEnds', late, 2);
  lasts('DatongWorkingCalendarEnds', late, 2);
  lasts('DatongListenerCertificateEnds', late, 2);

  isRunning = false;
  await hub.stop();
  lasts('DatongDown', await scrape().catch(() => undefined), 3);

  assert.equal(await wrongAlerts(fired, begin), '');
  const names = new Set(fired.map(({ alert }) => alert));
  const left = rules.filter((alert) => !names.has(alert));
  t.diagnostic(`${names.size} of ${rules.length} alerts fired; not fired: ${left.join(', ') || 'none'}`);
  // only the superuser may mount a file system
  assert.deepEqual(
    left.filter((alert) => alert !== 'DatongDiskSpace' || process.getuid?.() === 0),
    [],
  );
});
