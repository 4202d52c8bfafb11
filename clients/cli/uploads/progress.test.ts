/** What a clerk sees while a file is sent from a terminal. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { currentLanguage, setLanguage } from '../verb.ts';
import { checkTeller, progressTeller } from './progress.ts';

test('on a terminal one line says the share, the rate and the time left, counted from where this sending began', () => {
  const terminal = process.stderr.isTTY;
  const written: string[] = [];
  const write = mock.method(process.stderr, 'write', (text: string | Uint8Array) => {
    written.push(String(text));
    return true;
  });
  try {
    process.stderr.isTTY = true;
    let now = 0;
    // 40 MB were at the hub already: they are no measure of the current speed
    const report = progressTeller(40_000_000, () => now);
    now = 10_000;
    report({ batch: 'b', sent: 60_000_000, size: 300_000_000 });
    now = 140_000;
    report({ batch: 'b', sent: 300_000_000, size: 300_000_000 });
  } finally {
    write.mock.restore();
    process.stderr.isTTY = terminal;
  }
  assert.deepEqual(written, ['\rb  20%  2.0 MB/s  2:00\u001b[K', '\rb  100%  1.9 MB/s\u001b[K', '\n']);
});

test('while its rows are checked a line says how many, how many bad, the share, the rate and the time left', () => {
  const terminal = process.stderr.isTTY;
  const written: string[] = [];
  const write = mock.method(process.stderr, 'write', (text: string | Uint8Array) => {
    written.push(String(text));
    return true;
  });
  const progress = {
    bytes: 14_000_000,
    of: 56_000_000,
    records: 100_000,
    bad: 3,
    perSecond: 20_000,
    secondsLeft: 15,
  };
  const at = (
    batch: Parameters<ReturnType<typeof checkTeller>['report']>[0],
    isTTY: boolean,
    now = 0,
  ): void => {
    process.stderr.isTTY = isTTY;
    time = now;
    teller.report(batch);
  };
  let time = 0;
  const teller = checkTeller(() => time);
  const language = currentLanguage();
  try {
    setLanguage('en');
    at({ state: 'receiving', offset: 8_000_000 }, true);
    at({ state: 'checking' }, true);
    at({ state: 'checking', progress }, true);
    at({ state: 'checking', progress: { ...progress, bytes: 56_000_000, records: 400_000 } }, true);
    teller.end();
    // where no terminal rewrites a line, one each half minute
    at({ state: 'checking', progress }, false);
    at({ state: 'checking', progress: { ...progress, records: 200_000 } }, false, 29_000);
    at({ state: 'checking', progress: { ...progress, records: 300_000 } }, false, 30_000);
    teller.end();
  } finally {
    write.mock.restore();
    process.stderr.isTTY = terminal;
    setLanguage(language);
  }
  assert.deepEqual(written, [
    '\rreceiving: 8.0 MB are there\x1b[K',
    '\rchecking: 100000 rows, 3 bad, 25% of 56.0 MB, 20000 rows/s, 0:15 left\x1b[K',
    '\rchecking: all 400000 rows are read, 3 bad; they are indexed and compared with earlier batches\x1b[K',
    '\n',
    'checking: 100000 rows, 3 bad, 25% of 56.0 MB, 20000 rows/s, 0:15 left\n',
    'checking: 300000 rows, 3 bad, 25% of 56.0 MB, 20000 rows/s, 0:15 left\n',
  ]);
});
