/** `datong apply` and `datong admin` as they are typed, against a hub whose state file a demo would leave. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startStaffHub } from '../../../tests/staffHub.ts';
import { runDatong, type Ran } from '../../../tests/datong.ts';

const hub = await startStaffHub();
const home = mkdtempSync(join(tmpdir(), 'datong-verbs-'));
after(() => rmSync(home, { recursive: true, force: true }));
const state = join(home, 'demo.json');
const origin = (listener: keyof typeof hub.ports): string => `https://localhost:${hub.ports[listener]}`;
writeFileSync(
  state,
  JSON.stringify({
    v: 1,
    pid: process.pid,
    hub: {
      exchange: origin('exchange'),
      open: origin('open'),
      staff: origin('staff'),
      ca: hub.ca,
      keys: hub.services.identity.jwks(),
    },
    profiles: {},
    staff: {
      operator: { token: await hub.token(['operator']) },
      auditor: { token: await hub.token(['auditor']) },
    },
  }),
);

const datong = (...args: string[]): Promise<Ran> =>
  runDatong(args, { cwd: home, env: { DATONG_STATE: state } });

test('apply prints a line a document, says what is wrong on stderr, and exits 1 for a refusal', async () => {
  const file = join(home, 'two.yaml');
  writeFileSync(
    file,
    'kind: Purpose\ncode: good-purpose\ntitle: { zh: 好, en: good }\n---\nkind: Purpose\ncode: BAD\ntitle: { zh: 坏, en: bad }\n',
  );
  const ran = await datong('apply', file);
  assert.equal(ran.code, 1);
  assert.equal(ran.stdout, 'registered  Purpose good-purpose\nrefused  Purpose BAD\n');
  assert.match(ran.stderr, /two\.yaml:5 {2}invalid_request \/body\/code/);
  assert.match(ran.stderr, /next: mend what findings point at/);
  const again = await datong('apply', file, '--json', '--lang', 'zh');
  const lines = again.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    lines.map(({ outcome }) => outcome),
    ['unchanged', 'refused'],
  );
});

test('apply exits 4 for a file it cannot read, 1 for a token without the scope, 2 for a name nobody has', async () => {
  assert.equal((await datong('apply', join(home, 'none.yaml'))).code, 4);
  const file = join(home, 'one.yaml');
  writeFileSync(file, 'kind: Purpose\ncode: some-purpose\ntitle: { zh: 一, en: one }\n');
  const denied = await datong('apply', file, '--as', 'auditor');
  assert.deepEqual([denied.code, denied.stdout], [1, 'refused  Purpose some-purpose\n']);
  assert.match(denied.stderr, /scope_missing/);
  assert.equal((await datong('apply', file, '--as', 'nobody')).code, 2);
});

test('a token is issued, used and revoked; suspending what is not there is refused', async () => {
  const issued = await datong('admin', 'token', 'issue', '王科', '--scopes', 'steward', '--days', '3');
  assert.equal(issued.code, 0, issued.stderr);
  const token = issued.stdout.trim();
  const id = token.split('_')[1] ?? '';
  const file = join(home, 'one.yaml');
  writeFileSync(file, 'kind: Purpose\ncode: steward-purpose\ntitle: { zh: 一, en: one }\n');
  assert.equal((await datong('apply', file, '--token', token)).code, 0);
  assert.equal((await datong('admin', 'token', 'revoke', id)).code, 0);
  const refused = await datong('apply', file, '--token', token);
  assert.deepEqual([refused.code, refused.stdout], [1, 'refused  Purpose steward-purpose\n']);
  assert.match(refused.stderr, /token_revoked/);
  const suspended = await datong('admin', 'suspend', 'agr-none', '--reason', 'a test');
  assert.equal(suspended.code, 1);
  assert.match(suspended.stderr, /not_found/);
});
