/** The capacity page: its costs are those of bench/README.md, and its machines follow from them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

const read = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
const bench = read('bench/README.md');

/** Bytes of an entry, and seconds of the main thread for a call, as bench/README.md states them. */
const entryBytes = Number(
  /bytes of an entry after three years .*\| ([\d,]+) \|/.exec(bench)?.[1]?.replace(',', ''),
);
const callSeconds = Number(/An answer takes (\d+) µs of the main thread/.exec(bench)?.[1]) / 1e6;
const rowsPerSecond = /8 senders, 1,000 rows.*\| ([\d,]+); [\d.]+\. For five minutes/.exec(bench)?.[1] ?? '';
/** The share of a core that is planned, working seconds of a month, and how much busier the busiest seconds are. */
const [share, workingSeconds, peak] = [0.6, 22 * 8 * 3_600, 3];

const cellsOf = (line: string): readonly string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
const numberIn = (text: string): number => Number(/[\d,]+/.exec(text)?.[0].replaceAll(',', ''));

for (const page of ['docs/guides/capacity.md', 'docs/guides/capacity.zh-CN.md'])
  describe(page, () => {
    const text = read(page);

    test('costs are those of the benchmarks', () => {
      assert.ok(entryBytes > 500 && callSeconds > 0.0001, `${entryBytes} ${callSeconds}`);
      assert.ok(text.includes(`${entryBytes.toLocaleString('en')} `));
      assert.ok(text.includes(`${callSeconds * 1_000} `));
      assert.match(rowsPerSecond, /^\d/);
      assert.ok(text.includes(`${rowsPerSecond} `));
      assert.ok(text.includes((numberIn(rowsPerSecond) / 2).toLocaleString('en')));
      assert.ok(text.includes(Math.round(1 / callSeconds).toLocaleString('en')));
      assert.ok(text.includes(String(Math.round(share / callSeconds))));
    });

    test('machines follow from the costs', () => {
      const rows = text
        .split('\n')
        .filter((line) => / M\b.* GB \|$/.test(line))
        .map(cellsOf);
      assert.equal(rows.length, 3);
      for (const [calls = '', average = '', busiest = '', processes = '', log = ''] of rows) {
        const monthly = numberIn(/([\d,]+) M/.exec(calls)?.[0] ?? '') * 1e6;
        assert.ok(monthly >= 1e7, calls);
        const perSecond = monthly / workingSeconds;
        assert.equal(numberIn(average), Math.round(perSecond), calls);
        assert.equal(numberIn(busiest), Math.round(perSecond * peak), calls);
        assert.equal(numberIn(processes), Math.ceil((perSecond * peak * callSeconds) / share), calls);
        assert.equal(numberIn(log), Math.round((monthly * entryBytes) / 1e9), calls);
      }
    });

    test('files in the database follow from what departments send', () => {
      const [, overhead = ''] = /\b(1\.\d\d)\b.*1\.12/.exec(text) ?? [];
      const ofMonth = (files: number, gigabytes: number): string =>
        `| ${Number((40 * files * gigabytes * Number(overhead)).toPrecision(2))} GB |`;
      // the current file, and those of the working days before
      assert.ok(text.includes(ofMonth(22 + 1, 0.1)), ofMonth(22 + 1, 0.1));
      assert.ok(text.includes(ofMonth(5 + 1, 0.1)), ofMonth(5 + 1, 0.1));
      assert.ok(text.includes(ofMonth(1, 0.2)), ofMonth(1, 0.2));
      assert.ok(text.includes(`| ${Math.round(40 * 8 * Number(overhead))} GiB |`));
    });

    test('each command names parts of the benchmarks', () => {
      const parts = [...text.matchAll(/npm run bench -- (?:"([^"]+)"|([a-z]+))/g)].map(
        ([, quoted, word]) => quoted ?? word ?? '',
      );
      assert.ok(parts.length >= 8);
      for (const part of parts) assert.ok(bench.includes(`\`${part}\``), part);
    });
  });
