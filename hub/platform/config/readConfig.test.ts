import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { nonEmpty } from '../../../tests/nonEmpty.ts';
import { Problem } from '../../../terms/problem.ts';
import { readConfig } from './readConfig.ts';

const folder = mkdtempSync(join(tmpdir(), 'datong-config-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const least = { name: 'yunxi', publicOrigin: 'https://hub.yunxi.example:8443' };

function refusal(document: object | string, environment = {}): Problem {
  const file = join(folder, 'hub.json');
  writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
  try {
    readConfig(file, environment);
  } catch (error) {
    assert.ok(error instanceof Problem && error.code === 'configuration_invalid');
    return error;
  }
  return assert.fail('accepted');
}

test('two keys are enough; paths are relative to the file', () => {
  const file = join(folder, 'least.json');
  writeFileSync(file, JSON.stringify(least));
  const config = readConfig(file, {});
  assert.equal(config.stateDir, join(folder, 'data'));
  assert.equal(config.keysDir, join(folder, 'data', 'keys'));
  assert.equal(config.openOrigin, 'https://hub.yunxi.example:8444');
  assert.deepEqual(config.listeners.admin, { host: '127.0.0.1', port: 8446 });
  assert.deepEqual(config.database, { connections: 10, durable: true, requireSynchronousStandby: false });
});

test('a balancer is named by its address or network, not by anything else', () => {
  const proxies = ['10.0.0.5', '10.0.0.0/8', 'fd00::/8'];
  assert.deepEqual(readConfig({ ...least, connections: { proxies } }, {}).connections, {
    perAddress: 512,
    proxies,
  });
  for (const wrong of ['10.0.0.0/33', '999.0.0.1', 'fd00::/129', 'abcd']) {
    const refused = refusal({ ...least, connections: { proxies: [wrong] } });
    assert.equal(refused.facts['key'], 'connections.proxies', wrong);
  }
});

test('deliveries are repeated for seconds to a week; what is out of range is refused with its range', () => {
  const hours = (retryHours: unknown): object => ({ ...least, webhooks: { retryHours } });
  assert.equal(readConfig({ ...least }, {}).webhooks.retryHours, 24);
  for (const retryHours of [0.01, 0.5, 168])
    assert.equal(readConfig({ ...hours(retryHours) }, {}).webhooks.retryHours, retryHours);
  for (const wrong of [0, 0.009, 169, -1]) {
    const { facts, text } = refusal(hours(wrong));
    assert.equal(facts['key'], 'webhooks.retryHours');
    assert.match(text.en, /it must be from 0\.01 to 168/);
    assert.match(text.zh, /须在 0\.01 至 168 之间/);
  }
});

test('an object is read like a file and stays as it was', () => {
  const document = Object.freeze({ ...least, listeners: { exchange: { port: 0 } } });
  assert.equal(readConfig(document, {}).listeners.exchange.port, 0);
  assert.deepEqual(document.listeners, { exchange: { port: 0 } });
});

test('an identity provider is reached over https, or on this machine; its secret is in a file of its own', () => {
  writeFileSync(join(folder, 'secret'), 'not to be shown\n');
  const signIn = { issuer: 'https://id.city.example/realms/staff', clientId: 'datong' };
  writeFileSync(
    join(folder, 'hub.json'),
    JSON.stringify({ ...least, signIn: { ...signIn, clientSecretFile: 'secret' } }),
  );
  assert.deepEqual(readConfig(join(folder, 'hub.json'), {}).signIn, {
    ...signIn,
    clientSecret: 'not to be shown',
    title: { zh: '统一身份认证', en: 'the identity provider' },
  });
  const missing = refusal({ ...least, signIn: { ...signIn, clientSecretFile: join(folder, 'none') } });
  assert.equal(missing.facts['key'], 'signIn.clientSecretFile');
  for (const issuer of ['http://id.city.example', 'http://127.0.0.1.evil.example', 'https://a@b', 'ftp://a'])
    assert.equal(refusal({ ...least, signIn: { ...signIn, issuer } }).facts['key'], 'signIn.issuer', issuer);
  for (const issuer of ['http://127.0.0.1:8080', 'http://localhost/realms/a', 'https://[::1]:8443/a'])
    assert.equal(readConfig({ ...least, signIn: { ...signIn, issuer } }, {}).signIn?.issuer, issuer);
});

test('DATABASE_URL wins over the file', () => {
  const document = { ...least, database: { url: 'postgres://file/db' } };
  assert.equal(readConfig(document, {}).database.url, 'postgres://file/db');
  assert.equal(readConfig(document, { DATABASE_URL: 'postgres://env/db' }).database.url, 'postgres://env/db');
});

test('what is wrong is named by key, with the reason, in one sentence', () => {
  const cases: [object | string, string, RegExp][] = [
    [{ ...least, listenrs: {} }, 'listenrs', /no such key/],
    [{ ...least, listeners: { exchange: { port: '8443' } } }, 'listeners.exchange.port', /of type integer/],
    [{ ...least, listeners: { exchange: { prot: 1 } } }, 'listeners.exchange.prot', /no such key/],
    [{ name: 'yunxi' }, 'publicOrigin', /missing/],
    [{ ...least, database: { flavour: 'sqlite' } }, 'database.flavour', /system \| bundled/],
    [{ ...least, publicOrigin: 'http://hub' }, 'publicOrigin', /as it should be: \^https/],
    [[], '', /of type object/],
    ['{"name": ', '(JSON)', /not valid JSON/],
  ];
  for (const [document, key, reason] of cases) {
    const problem = refusal(document);
    assert.equal(problem.facts['key'], key);
    assert.match(problem.text.en, reason);
    assert.match(problem.next.en, /hub\.json/);
  }
  assert.equal(refusal({ ...least, a: 1, b: 2 }).extras.findings?.length, 2);
});

test('a bad DATABASE_URL is refused without repeating it', () => {
  const problem = refusal(least, { DATABASE_URL: 'mysql://root:geheim@db' });
  assert.doesNotMatch(JSON.stringify(problem.text) + JSON.stringify(problem.next), /geheim/);
});

test('a mail server’s password is in a file of its own, and goes nowhere without TLS', () => {
  writeFileSync(join(folder, 'mail-password'), 'not to be shown\n');
  const mail = { host: 'mail.yunxi.example', from: 'hub@yunxi.example', domains: ['yunxi.example'] };
  const login = { user: 'hub', passwordFile: 'mail-password' };
  writeFileSync(
    join(folder, 'hub.json'),
    JSON.stringify({ ...least, reminders: { mail: { ...mail, ...login } } }),
  );
  assert.deepEqual(readConfig(join(folder, 'hub.json'), {}).reminders, {
    mail: { ...mail, port: 465, tls: 'direct', login: { user: 'hub', password: 'not to be shown' } },
  });
  for (const [key, wrong] of [
    ['reminders.mail.tls', { ...login, tls: 'off' }],
    ['reminders.mail.passwordFile', { user: 'hub' }],
    ['reminders.mail.user', { passwordFile: 'mail-password' }],
    ['reminders.mail.domains', { domains: [] }],
  ] as const)
    assert.equal(refusal({ ...least, reminders: { mail: { ...mail, ...wrong } } }).facts['key'], key);
});

test('a service of a department is named once, by an address and an authority that can be used', () => {
  const one = { department: 'health', origin: 'https://his.health.example:9443' };
  writeFileSync(join(folder, 'empty.pem'), 'nothing\n');
  for (const [key, services] of [
    ['services.origin', [one, { ...one, origin: 'https://HIS.health.example:9443' }]],
    ['services.origin', [{ ...one, origin: 'https://his.health.example:94430' }]],
    ['services.0.origin', [{ ...one, origin: 'http://his.health.example' }]],
    ['services.0.origin', [{ ...one, origin: 'https://his.health.example/rows' }]],
    ['services.0.origin', [{ department: 'health' }]],
    ['services.0.department', [{ ...one, department: 'Health' }]],
    ['services.addresses', [{ ...one, addresses: ['10.20.0.0/33'] }]],
    ['services.0.addresses', [{ ...one, addresses: [] }]],
    ['services.caFile', [{ ...one, caFile: 'nowhere.pem' }]],
    ['services.caFile', [{ ...one, caFile: 'empty.pem' }]],
  ] as const)
    assert.equal(refusal({ ...least, services }).facts['key'], key, JSON.stringify(services));
  const source = { department: 'health', host: 'his.health.example' };
  const sources = [source, { ...source, host: 'HIS.health.example', tls: 'off' }];
  assert.equal(refusal({ ...least, sources }).facts['key'], 'sources.host', 'nor is a source');
  const other = { ...one, department: 'civil' };
  assert.equal(readConfig({ ...least, services: [one, other] }, {}).services.length, 2);
});

test('an address with several hosts is refused with what to write, without its password', () => {
  const two = 'postgres://hub:geheim@db1:5432,db2:5432/datong';
  const wrong: readonly (readonly [string, RegExp])[] = [
    [two, /several hosts.*one address/],
    ['postgres://hub:geheim@/datong?host=db1,db2', /several hosts/],
    ['postgres://hub:geheim@db1/datong?target_session_attrs=read-write', /target_session_attrs/],
    ['postgres://hub:ge%heim@db1:port/datong', /no valid address/],
  ];
  const base = { name: 'yunxi', publicOrigin: 'https://hub.example:8443' };
  for (const [url, words] of nonEmpty(wrong))
    for (const read of [
      () => readConfig(base, { DATABASE_URL: url }),
      () => readConfig({ ...base, database: { url } }, {}),
    ])
      assert.throws(read, (error: Error & { code: string }) => {
        assert.equal(error.code, 'configuration_invalid');
        assert.match(error.message, words);
        assert.doesNotMatch(error.message, /geheim|ge%heim/);
        return true;
      });
  const sound = 'postgres://hub@localhost:5432/datong?host=%2Fvar%2Frun';
  assert.equal(readConfig(base, { DATABASE_URL: sound }).database.url, sound);
});

test('the object store of attachments: its key is in a file of its own, and nothing has no effect', () => {
  writeFileSync(join(folder, 's3-secret'), 'geheim\n');
  writeFileSync(join(folder, 'nothing'), '\n');
  const file = join(folder, 'hub.json');
  const read = (attachments: object) => {
    writeFileSync(file, JSON.stringify({ ...least, attachments }));
    return readConfig(file, {}).attachments;
  };
  const s3 = {
    endpoint: 'https://s3.example:9000',
    bucket: 'datong',
    accessKeyId: 'hub',
    secretKeyFile: 's3-secret',
  };
  const { secretKeyFile: _, ...place } = s3;
  const whole = { ...place, region: 'us-east-1', prefix: 'attachments/', secretAccessKey: 'geheim' };
  const maxUnnamedBytes = 50 * 2 ** 30;
  assert.deepEqual(read({}), { storage: 'database', maxUnnamedBytes });
  assert.deepEqual(read({ s3, maxUnnamedBytes: 2 ** 30 }), {
    storage: 's3',
    maxUnnamedBytes: 2 ** 30,
    s3: whole,
  });
  assert.equal(read({ s3, storage: 'database' }).storage, 'database');
  for (const [key, attachments] of [
    ['attachments.storage', { storage: 's3' }],
    ['attachments.s3.caFile', { s3: { ...s3, endpoint: 'http://s3.example:9000', caFile: 'empty.pem' } }],
    ['attachments.s3.secretKeyFile', { s3: { ...s3, secretKeyFile: 'nothing' } }],
    ['attachments.s3.secretKeyFile', { s3: { ...s3, secretKeyFile: 'nowhere' } }],
    ['attachments.s3.prefix', { s3: { ...s3, prefix: '../x/' } }],
    ['attachments.s3.endpoint', { s3: { ...s3, endpoint: 'https://hub:geheim@s3.example' } }],
  ] as const)
    assert.throws(
      () => read(attachments),
      (error: Problem) => {
        assert.equal(error.facts['key'], key, JSON.stringify(attachments));
        assert.doesNotMatch(error.message, /geheim/);
        return true;
      },
    );
});

test('a receiver of telemetry: off unless it is named, and its token is not sent in the clear', () => {
  writeFileSync(join(folder, 'receiver-token'), 'geheim\n');
  writeFileSync(join(folder, 'nothing'), '\n');
  const file = join(folder, 'hub.json');
  const read = (telemetry?: object) => {
    writeFileSync(file, JSON.stringify({ ...least, telemetry }));
    return readConfig(file, {}).telemetry;
  };
  assert.equal(read(), undefined);
  const endpoint = 'http://127.0.0.1:4318';
  const usual = { tracesPerSecond: 5, metricsSeconds: 15 };
  assert.deepEqual(read({ endpoint }), { endpoint, ...usual });
  const tokenFile = 'receiver-token';
  assert.deepEqual(read({ endpoint, tokenFile }), { endpoint, token: 'geheim', ...usual });
  const outside = 'https://otel.example/city';
  assert.deepEqual(read({ endpoint: outside, tokenFile }), { endpoint: outside, token: 'geheim', ...usual });
  for (const [key, telemetry] of [
    ['telemetry.endpoint', {}],
    ['telemetry.endpoint', { endpoint: 'https://hub:geheim@otel.example' }],
    ['telemetry.endpoint', { endpoint: 'https://otel.example/' }],
    ['telemetry.tokenFile', { endpoint: 'http://otel.example:4318', tokenFile }],
    ['telemetry.tokenFile', { endpoint: 'http://localhost.otel.example:4318', tokenFile }],
    ['telemetry.tokenFile', { endpoint, tokenFile: 'nothing' }],
    ['telemetry.tokenFile', { endpoint, tokenFile: 'nowhere' }],
    ['telemetry.caFile', { endpoint, caFile: 'empty.pem' }],
    ['telemetry.tracesPerSecond', { endpoint, tracesPerSecond: 1_001 }],
    ['telemetry.metricsSeconds', { endpoint, metricsSeconds: -1 }],
  ] as const)
    assert.throws(
      () => read(telemetry),
      (error: Problem) => {
        assert.equal(error.facts['key'], key, JSON.stringify(telemetry));
        assert.doesNotMatch(error.message, /geheim/);
        return true;
      },
    );
});

test('working hours begin before they end, at midnight at the earliest', () => {
  assert.equal(readConfig({ ...least, findings: { workFrom: 0, workUntil: 24 } }, {}).findings.workFrom, 0);
  for (const findings of [{ workFrom: 20 }, { workFrom: 9, workUntil: 9 }, { workUntil: 7 }])
    assert.match(refusal({ ...least, findings }).text.en, /findings\.workUntil/);
});
