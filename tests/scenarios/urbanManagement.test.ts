/** The cases of `scenarios/urban-management` at a small size: the hub's figures are those of the log, and the check sees what is altered. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import type { Figure } from '../../scenarios/pack.ts';

const root = resolve(import.meta.dirname, '../..');
const out = mkdtempSync(join(tmpdir(), 'datong-urban-'));
after(() => rmSync(out, { recursive: true, force: true }));

/** Figures that a busy machine can miss: `npm run scenario urban-management` judges them. */
const ofTime = /p95|duration|memory/;
const check = (): readonly Figure[] =>
  JSON.parse(
    execFileSync('python3', [join(root, 'scenarios/urban-management/check.py'), out], { encoding: 'utf8' }),
  ) as readonly Figure[];
const missed = (): readonly string[] =>
  check().flatMap(({ figure, held }) => (held || ofTime.test(figure) ? [] : [figure]));

/** Changes a file of the run and puts it back. */
function altered(file: string, change: (bytes: Buffer) => Uint8Array | string): readonly string[] {
  const path = join(out, file);
  const bytes = readFileSync(path);
  const other = change(bytes);
  assert.notDeepEqual(Buffer.from(other), bytes, file);
  writeFileSync(path, other);
  try {
    return missed();
  } finally {
    writeFileSync(path, bytes);
  }
}
const replaced =
  (from: RegExp, to: string) =>
  (bytes: Buffer): string =>
    bytes.toString('utf8').replace(from, to);
const withMore =
  (...more: readonly (string | Uint8Array)[]) =>
  (bytes: Buffer): Uint8Array =>
    Buffer.concat([bytes, ...more.map((one) => Buffer.from(one))]);

test('closing rate and times of the hub are those of the log; no handler of a case received the phone of its reporter', () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['scripts/run.mjs', 'scenarios/run.ts', 'urban-management', '--people', '1000', '--out', out],
    { cwd: root, encoding: 'utf8' },
  );
  assert.ok(status !== null && status < 2, stderr);
  assert.match(stdout, /entries proven without the hub/, stderr);
  assert.ok(check().length >= 20);
  assert.deepEqual(missed(), []);
  assert.match(
    readFileSync(join(out, 'urban-management.html'), 'utf8'),
    /<svg [^>]+aria-label="cases closed on each day"/,
  );
});

test('the check sees a phone in an answer, a photo, a header and a receipt', () => {
  const [first = ''] = readFileSync(join(out, 'sent.ndjson'), 'utf8').split('\n');
  const { phone } = JSON.parse(first) as { readonly phone: string };
  const phones = ['phones of reporters in the bytes of contractors'];
  assert.deepEqual(altered('received-sweeping.bodies', replaced(/"street":"/, `"street":"${phone}`)), phones);
  assert.deepEqual(altered('received-roads.photos', withMore(phone)), phones);
  assert.deepEqual(altered('received-drains.headers', withMore(`x-note: ${phone}\n`)), phones);
  const leaf = Buffer.from(JSON.stringify({ on: 'x'.repeat(40), note: phone })).toString('base64');
  const receipt = Buffer.from(JSON.stringify({ leaf })).toString('base64url');
  assert.deepEqual(altered('received-drains.headers', withMore(`datong-receipt: ${receipt}\n`)), phones);
  assert.deepEqual(altered('received-health.headers', withMore(phone)), [
    'phones of reporters in the bytes of departments',
  ]);
  const photo = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\x05tEXt', 'latin1');
  assert.deepEqual(altered('received-roads.photos', withMore(photo)), [
    'photos that contractors received, with metadata',
  ]);
});

test('the check sees figures of the hub that were altered, steps that are missing, and a forbidden answer', () => {
  assert.deepEqual(altered('statistics.json', replaced(/"closed":(\d+)/, '"closed":1$1')), [
    'closing rate by the hub = by the log',
  ]);
  assert.deepEqual(altered('statistics.json', replaced(/"medianSeconds":/, '"medianSeconds":9')), [
    'steps of departments whose number or time differs',
  ]);
  assert.deepEqual(
    altered('statistics.json', replaced(/"medianSecondsToClose":/, '"medianSecondsToClose":9')),
    ['median from report to end by the hub = by the log, s'],
  );
  assert.ok(
    altered('steps.ndjson', (bytes) => bytes.toString('utf8').split('\n').slice(1).join('\n')).includes(
      'steps without their entry, entries without a step',
    ),
  );
  assert.deepEqual(altered('counted.json', replaced(/"checked"/, '"done"')), [
    'closed cases as the bureau reads them',
  ]);
  assert.deepEqual(altered('counted.json', replaced(/"990101":\["AJ-\d+",/, '"990101":[')), [
    'cases in another district than by their place',
  ]);
  assert.deepEqual(altered('probes.ndjson', replaced(/row_unknown/, 'answered')), [
    'forbidden questions of contractors that were refused',
  ]);
});
