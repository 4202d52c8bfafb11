/** The storm of `scenarios/storm` at a small size: every figure of its check holds, and the check sees what is altered. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import type { Figure } from '../../scenarios/pack.ts';

const root = resolve(import.meta.dirname, '../..');
const out = mkdtempSync(join(tmpdir(), 'datong-storm-'));
after(() => rmSync(out, { recursive: true, force: true }));

/** Figures that a busy machine can miss: `npm run scenario storm` judges them. */
const ofTime = /, ms|duration|memory/;

const check = (): readonly Figure[] =>
  JSON.parse(
    execFileSync('python3', [join(root, 'scenarios/storm/check.py'), out], { encoding: 'utf8' }),
  ) as readonly Figure[];
const missed = (): readonly string[] =>
  check().flatMap(({ figure, held }) => (held || ofTime.test(figure) ? [] : [figure]));

/** Changes a file of the run and puts it back. */
function altered(file: string, change: (text: string) => string): readonly string[] {
  const path = join(out, file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, change(text));
  try {
    return missed();
  } finally {
    writeFileSync(path, text);
  }
}

test('six departments receive each warning once and in order, though the hub is killed; purpose and escalation follow the event', () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['scripts/run.mjs', 'scenarios/run.ts', 'storm', '--people', '500', '--out', out],
    { cwd: root, encoding: 'utf8' },
  );
  assert.ok(status !== null && status < 2, stderr);
  assert.match(stdout, /entries proven without the hub/, stderr);
  assert.ok(check().length >= 16);
  assert.deepEqual(missed(), []);
});

test('the check sees an event that was lost, a phone that was received, an alarm and an escalation that are missing', () => {
  const first = (text: string): string => text.split('\n').slice(1).join('\n');
  const without = (type: string) => (text: string) =>
    text
      .split('\n')
      .filter((line) => !line.includes(type))
      .join('\n');
  assert.deepEqual(altered('received-health.ndjson', first), ['events of six departments that were lost']);
  assert.deepEqual(
    altered('received-housing.ndjson', (text) => text.replace('暴雨黄色预警', '15400001234')),
    ['phone of the duty desk in received bytes'],
  );
  assert.deepEqual(altered('received-emergency.ndjson', without('water.alarm')), [
    'stations that rose, and their alarms',
  ]);
  assert.deepEqual(
    altered('purpose.json', (text) => text.replace('answered', 'purpose_closed')),
    ['purpose before, while open, after'],
  );
  assert.deepEqual(
    altered('received-transport.ndjson', (text) => text.trimEnd().split('\n').reverse().join('\n')),
    ['areas whose order was changed'],
  );
});
