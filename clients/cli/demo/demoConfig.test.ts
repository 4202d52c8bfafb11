/** `datong demo --config`: the viewer says how the hub reaches their own endpoints, and nothing else of its configuration. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runDatong } from '../../../tests/datong.ts';
import { serverCertificate } from '../../../tests/serverCertificate.ts';
import { demoConfig } from './demoConfig.ts';

const folder = mkdtempSync(join(tmpdir(), 'datong-demo-config-'));
const closing: (() => Promise<void> | void)[] = [];
after(async () => {
  for (const close of closing.reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});
const caFile = join(folder, 'ca.pem');
const { ca } = await serverCertificate('localhost');
writeFileSync(caFile, ca);
const services = [
  { department: 'education', origin: 'https://localhost:9443', addresses: ['127.0.0.1'], caFile },
];
const written = (document: unknown): string => {
  const file = join(folder, 'trial.json');
  writeFileSync(file, JSON.stringify(document));
  return file;
};

test('endpoints and the time of retries are those of the file', async () => {
  const configFile = written({ services, webhooks: { retryHours: 0.01 } });
  const config = await demoConfig({ folder, stored: false, configFile, closing });
  const { caFile: _, ...place } = services[0] ?? assert.fail();
  assert.deepEqual([config.services, config.webhooks], [[{ ...place, ca }], { retryHours: 0.01 }]);
  const usual = await demoConfig({ folder, stored: false, configFile: undefined, closing });
  assert.deepEqual([usual.services, usual.webhooks, usual.name], [[], { retryHours: 24 }, config.name]);
});

test('what the demo sets itself, a wrong value and a missing file are refused before anything starts', async () => {
  const refusals: readonly (readonly [unknown, number, RegExp])[] = [
    [{ services, listeners: {} }, 2, /the demo sets listeners itself/],
    [[services], 2, /the demo sets 0 itself/],
    [{ webhooks: { retryHours: 0 } }, 2, /it must be from 0\.01 to 168/],
    [{ services: [{ ...services[0], addresses: ['localhost'] }] }, 2, /services\.0\.addresses/],
  ];
  for (const [document, code, message] of refusals) {
    const ran = await runDatong(['demo', '--once', '--config', written(document)]);
    assert.equal(ran.code, code, ran.stderr);
    assert.match(ran.stderr, message);
  }
  const none = await runDatong(['demo', '--once', '--config', join(folder, 'none.json')]);
  assert.equal(none.code, 4, none.stderr);
});
