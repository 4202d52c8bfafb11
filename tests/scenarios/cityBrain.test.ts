/** The city brain of `scenarios/city-brain` at the size of its guide: every reading is accounted for, and the check sees what is altered. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Figure } from '../../scenarios/pack.ts';
import { noMosquitto } from '../mosquitto.ts';

const root = resolve(import.meta.dirname, '../..');
const out = mkdtempSync(join(tmpdir(), 'datong-brain-'));
after(() => rmSync(out, { recursive: true, force: true }));

/** Figures that a busy machine can miss: `npm run scenario city-brain` judges them. */
const ofTime = /, ms|duration|memory|passages a minute/;
const missed = (): readonly string[] =>
  (
    JSON.parse(
      execFileSync('python3', [join(root, 'scenarios/city-brain/check.py'), out], { encoding: 'utf8' }),
    ) as readonly Figure[]
  ).flatMap(({ figure, held }) => (held || ofTime.test(figure) ? [] : [figure]));

/** Changes a file of the run and puts it back. */
function altered(file: string, change: (lines: string[]) => string[]): readonly string[] {
  const path = join(out, file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, `${change(text.trimEnd().split('\n')).join('\n')}\n`);
  try {
    return missed();
  } finally {
    writeFileSync(path, text);
  }
}

/** The command of both guides, without its folder. */
function guided(): readonly string[] {
  const [line, ...others] = ['docs/scenarios.md', 'docs/scenarios.zh-CN.md'].map(
    (page) =>
      /^npm run scenario -- (city-brain .*) --out \S+$/m.exec(readFileSync(join(root, page), 'utf8'))?.[1],
  );
  assert.ok(line !== undefined);
  assert.deepEqual(others, [line]);
  return line.split(' ');
}

describe('city brain', { skip: noMosquitto }, () => {
  test('the command of the guide accounts for every reading, though the hub is killed', () => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['scripts/run.mjs', 'scenarios/run.ts', ...guided(), '--out', out],
      { cwd: root, encoding: 'utf8' },
    );
    assert.ok(status !== null && status < 2, stderr);
    assert.match(stdout, /entries proven without the hub/, stderr);
    assert.deepEqual(missed(), []);
  });

  test('the check sees a reading that was lost, doubled or altered, and an alarm or a minute that is missing', () => {
    const [first = ''] = readFileSync(join(out, 'stored.ndjson'), 'utf8').split('\n');
    const other = JSON.stringify({ ...(JSON.parse(first) as object), pm25: 1 });
    const isFirst = (line: string): boolean => line === first;
    assert.deepEqual(
      altered('stored.ndjson', (lines) => lines.slice(1)),
      ['readings that were lost'],
    );
    assert.deepEqual(
      altered('stored.ndjson', (lines) => [...lines, first]),
      ['readings stored twice, or never sent'],
    );
    assert.deepEqual(
      altered('stored.ndjson', (lines) => lines.map((line) => (isFirst(line) ? other : line))),
      ['readings stored with other values'],
    );
    assert.deepEqual(
      altered('received-emergency.ndjson', (lines) => lines.slice(1)),
      ['crossings without their alarm'],
    );
    assert.equal(altered('minutes.ndjson', (lines) => lines.slice(1)).length, 1);
    assert.equal(altered('latest.ndjson', (lines) => lines.slice(1)).length, 1);
  });

  test('the check sees a passage that is missing, a plate that joins without a linkage, and one in clear', () => {
    const { plate } = JSON.parse(
      readFileSync(join(out, 'traffic-at-planning.ndjson'), 'utf8').split('\n')[0] ?? '',
    ) as {
      readonly plate: string;
    };
    const [passage] = readFileSync(join(out, 'passages.ndjson'), 'utf8').split('\n');
    const { plate: raw } = JSON.parse(passage ?? '') as { readonly plate: string };
    const withPlate = (line: string, other: string): string =>
      JSON.stringify({ ...(JSON.parse(line) as object), plate: other });
    assert.deepEqual(
      altered('traffic-at-emergency.ndjson', (lines) => lines.slice(1))[0],
      'passages and entries that emergency did not get once',
    );
    assert.deepEqual(
      altered('parking-at-planning.ndjson', ([first = '', ...lines]) => [withPlate(first, plate), ...lines]),
      ['passages that planning can join with a car park (not linked)'],
    );
    assert.deepEqual(
      altered('parking-at-planning.ndjson', ([first = '', ...lines]) => [withPlate(first, raw), ...lines]),
      ['number plates that planning received'],
    );
    assert.deepEqual(
      altered('traffic-at-planning.ndjson', (lines) =>
        readFileSync(join(out, 'traffic-at-emergency.ndjson'), 'utf8')
          .trimEnd()
          .split('\n')
          .slice(0, lines.length),
      ),
      ['pseudonyms that both consumers have'],
    );
  });
});
