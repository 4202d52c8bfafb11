/** docs/api.md says what the product does: its generated parts are current, its example verifies, its Python talks to a hub. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { verificationKey, verifyReply, verifyRequest } from '../../certs/signatures/index.ts';
import { apiDocuments, exampleKeys, exampleReply, exampleRequest } from '../../scripts/apiDocument.ts';
import { root } from '../../scripts/generated.ts';
import { isProblemCode } from '../../terms/problemCatalogue.ts';
import { testDatabase } from '../database.ts';
import { testHub } from '../hub.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const english = read('docs/api.md');

test('the generated parts are current (npm run generate)', async () => {
  for (const [path, text] of await apiDocuments(root)) assert.equal(read(path), text, path);
});

test('the worked example verifies, request and reply', () => {
  const request = exampleRequest();
  const hub = verificationKey({ ...exampleKeys.hub });
  const lookupKey = () => verificationKey({ ...exampleKeys.department });
  assert.equal(
    verifyRequest(request, { lookupKey, now: 1_790_000_010_000 }).signed['matter'],
    'RX-2026-000123',
  );
  assert.equal(verifyReply(exampleReply(), { request, lookupKey: () => hub }).bound, true);
});

test('every problem code that the pages name exists', () => {
  for (const page of [english, read('docs/api.zh-CN.md')]) {
    const section = page.slice(
      page.lastIndexOf('## Limits') > 0 ? page.lastIndexOf('## Limits') : page.lastIndexOf('## 限制'),
    );
    const codes = [...section.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, code = '']) => code);
    assert.ok(codes.length >= 7);
    for (const code of codes) assert.ok(isProblemCode(code), code);
  }
});

const hasPython = spawnSync('python3', ['-c', 'import cryptography']).status === 0;

test(
  'the Python of the page exchanges with a hub',
  { skip: hasPython ? false : 'no python3 with cryptography' },
  async () => {
    const started = await testHub({ database: await testDatabase() });
    const folder = mkdtempSync(join(tmpdir(), 'datong-python-'));
    after(async () => {
      await started.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    const { identity } = started.hub.services;
    await identity.perform('registerDepartment', { actor: { staff: 'hub' } }, (context) =>
      identity.registerDepartment(
        { code: 'education', name: { zh: '教育局', en: 'Education' }, kind: 'government' },
        context,
      ),
    );
    const machine = await started.enrol('education');
    const [, library = ''] = /```python\n(import [\s\S]*?)```/.exec(english) ?? [];
    const signing = machine.signing.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const files = {
      'hub-root.pem': started.ca,
      'tls.cert.pem': machine.tls.cert,
      'tls.key.pem': machine.tls.key,
      'signing.pem': signing,
      'jwks.json': JSON.stringify(identity.jwks()),
      'client.py': `${library}
import sys
hub = Hub(sys.argv[1], "hub-root.pem", "tls.cert.pem", "tls.key.pem", "signing.pem", json.load(open("jwks.json")))
good, diagnosis = hub.call("POST", "/v1/diagnose", b'{}')
bad, problem = hub.call("POST", "/v1/datasets/education.school/query", b'{}', purpose="school-enrolment", agreement="agr-none")
print(json.dumps([good.status, diagnosis["ok"], bad.status, problem["code"]]))
`,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { stdout } = await promisify(execFile)('python3', ['client.py', started.hub.origins.exchange], {
      cwd: folder,
    });
    const [status, ok, refused, code] = JSON.parse(stdout) as [number, boolean, number, string];
    assert.deepEqual([status, ok], [200, true]);
    assert.ok(refused >= 400 && isProblemCode(code), code);
  },
);
