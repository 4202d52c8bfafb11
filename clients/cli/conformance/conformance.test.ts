/** The kit reports clients that are wrong in one respect by the rule that they break; a hub passes as a gateway (exchangeVerbs.test.ts). */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runDatong } from '../../../tests/datong.ts';
import { example, languagesIn, skipOf } from '../../../tests/docs/languages.ts';
import { clientCases } from './clientCases.ts';
import { gatewayCases } from './gatewayCases.ts';
import { playClient } from './playClient.ts';

const folder = mkdtempSync(join(tmpdir(), 'datong-conformance-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const [python] = languagesIn(folder);
const skip = python === undefined ? 'no Python' : skipOf(python);

test('there are 42 cases for a client and 40 for a gateway, each of its own name', () => {
  for (const [cases, count] of [
    [clientCases, 42],
    [gatewayCases, 40],
  ] as const) {
    assert.equal(cases.length, count);
    assert.equal(new Set(cases.map(({ name }) => name)).size, count);
  }
});

/** The Python example with one line of it altered: what it gets wrong then, and a case that it still passes. */
const mutants: readonly (readonly [from: string, to: string, fails: string, code: string])[] = [
  [
    'check(reply.getheader("content-digest") == f"sha-256=:{b64(sha256(answer))}:", "the body is another")',
    'pass',
    'body',
    'ending_wrong',
  ],
  [
    'check(last == 0 and b64(reached) == root, "the entry is not in the log")',
    'pass',
    'path',
    'ending_wrong',
  ],
  ['b64url(secrets.token_bytes(16))', '"A" * 22', 'text', 'nonce_replayed'],
  [
    'headers["content-digest"] = f"sha-256=:{b64(sha256(body))}:"',
    'headers["content-digest"] = f"sha-256=:{b64(sha256(b\'\'))}:"',
    'text',
    'digest_mismatch',
  ],
];
for (const [from, to, fails, code] of mutants) {
  test(`a client with «${to.slice(0, 40)}» fails ${fails}: ${code}`, { skip }, async () => {
    const program = python?.command?.[0] ?? '';
    const source = readFileSync(example('datong_client.py'), 'utf8');
    assert.ok(source.includes(from), from);
    const file = join(folder, `${fails}-${code}.py`);
    writeFileSync(file, source.replace(from, to));
    const cases = clientCases.filter(({ name }) => name === fails || name === 'plain');
    const played = await playClient({ command: `'${program}' '${file}'`, cases, atOnce: 1 });
    const findings = played.flatMap((one) => one.findings);
    assert.ok(
      findings.some((finding) => finding.code === code && finding.path === fails),
      JSON.stringify(findings),
    );
    if (code === 'ending_wrong') assert.equal(findings.length, 1);
  });
}

test('a program that is no client is reported; an unknown case is named', async () => {
  const ran = await runDatong(['conformance', '--client', 'true', '--only', 'plain', 'cut', '--json']);
  assert.equal(ran.code, 1);
  const { ok, findings, cases } = JSON.parse(ran.stdout) as {
    ok: boolean;
    findings: { code: string; path: string }[];
    cases: unknown;
  };
  assert.equal(ok, false);
  assert.deepEqual(
    findings.map(({ code, path }) => `${code} ${path}`),
    ['request_absent plain', 'request_absent cut'],
  );
  assert.deepEqual(cases, [
    { name: 'plain', ok: false },
    { name: 'cut', ok: false },
  ]);
  const unknown = await runDatong(['conformance', '--client', 'true', '--only', 'wish']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /there is no case "wish"[\s\S]*plain/);
});
