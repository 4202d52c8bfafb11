/** A scenario that a test plays once; its check is then repeated with one file of the run altered. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';
import type { Figure } from '../../scenarios/pack.ts';
import { resultFile } from '../../scenarios/pages.ts';

const root = resolve(import.meta.dirname, '../..');

/** A line of a `received-*.ndjson`: one answer or refusal. */
export interface ReceivedLine {
  readonly at: number;
  readonly status: number;
  readonly headers: readonly string[];
  /** as it was received; in the file it is base64 */
  readonly body: string;
  /** what the scenario notes of the call */
  readonly [about: string]: unknown;
}

/** A line of a file of answers without its receipt. */
function withoutReceipt(text: string): string {
  const line = JSON.parse(text) as ReceivedLine;
  const at = line.headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'datong-receipt');
  return at < 0 ? text : JSON.stringify({ ...line, headers: line.headers.toSpliced(at, 2) });
}

/** A change of a file: the first place that matches is replaced. */
export const replaced =
  (from: RegExp | string, to: string) =>
  (bytes: Buffer): string =>
    bytes.toString('utf8').replace(from, to);

/** A number whose first digit is an escape of JSON. */
export const escapedDigit = (number: string): string => `\\u003${number}`;

export class ScenarioRun {
  readonly out: string;
  private readonly name: string;
  /** figures that a busy machine can miss: `npm run scenario` judges them */
  private readonly ofTime: RegExp;
  private readonly seen = new Set<string>();

  constructor(name: string, ofTime: RegExp) {
    this.name = name;
    this.ofTime = ofTime;
    this.out = mkdtempSync(join(tmpdir(), `datong-${name}-`));
    after(() => rmSync(this.out, { recursive: true, force: true }));
  }

  /** Plays it. @returns what it prints */
  play(...words: readonly string[]): string {
    const command = ['scripts/run.mjs', 'scenarios/run.ts', this.name, ...words, '--out', this.out];
    const { stdout, stderr, status } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
    assert.ok(status !== null && status < 2, stderr);
    assert.match(stdout, /entries proven without the hub/, stderr);
    return stdout;
  }

  read(file: string): string {
    return readFileSync(join(this.out, file), 'utf8');
  }

  figures(): readonly Figure[] {
    const check = join(root, 'scenarios', this.name, 'check.py');
    return JSON.parse(
      execFileSync('python3', ['-B', check, this.out], { encoding: 'utf8' }),
    ) as readonly Figure[];
  }

  private allMissed(): readonly string[] {
    return this.figures().flatMap(({ figure, held }) => (held === false ? [figure.en] : []));
  }

  /** Figures that are not as required. */
  missed(): readonly string[] {
    return this.allMissed().filter((name) => !this.ofTime.test(name));
  }

  /** The pages of the scenario show every figure, and no other. */
  assertOnPage(): void {
    const { figures } = JSON.parse(readFileSync(resultFile(this.name), 'utf8')) as {
      readonly figures: readonly Figure[];
    };
    const names = (all: readonly Figure[]) => all.map(({ figure }) => figure);
    assert.deepEqual(names(figures), names(this.figures()));
  }

  /** Figures that require something, and that no alteration so far has made the check miss. */
  neverMissed(): readonly string[] {
    return this.figures().flatMap(({ figure, held }) =>
      held === null || this.seen.has(figure.en) ? [] : [figure.en],
    );
  }

  /** All figures that are missed while a file of the run is altered. */
  private missedWith(file: string, change: (bytes: Buffer) => Uint8Array | string): readonly string[] {
    const path = join(this.out, file);
    const bytes = readFileSync(path);
    const other = Buffer.from(change(bytes));
    assert.notDeepEqual(other, bytes, file);
    writeFileSync(path, other);
    try {
      const missed = this.allMissed();
      for (const name of missed) this.seen.add(name);
      return missed;
    } finally {
      writeFileSync(path, bytes);
    }
  }

  /** The figures that are missed while a file of the run is altered, without those of time. */
  altered(file: string, change: (bytes: Buffer) => Uint8Array | string): readonly string[] {
    return this.missedWith(file, change).filter((name) => !this.ofTime.test(name));
  }

  /** The figures of time that are missed while the lines of a file are altered. */
  alteredTimes(file: string, change: (line: string) => string): readonly string[] {
    const all = this.missedWith(file, (bytes) => bytes.toString('utf8').split('\n').map(change).join('\n'));
    return all.filter((name) => this.ofTime.test(name));
  }

  /** @param change of the file's JSON, in place */
  alteredJson<T extends object>(file: string, change: (value: T) => void): readonly string[] {
    return this.altered(file, (bytes) => {
      const value = JSON.parse(bytes.toString('utf8')) as T;
      change(value);
      return JSON.stringify(value);
    });
  }

  /** @param change of the lines of a file */
  alteredLines(file: string, change: (lines: readonly string[]) => readonly string[]): readonly string[] {
    return this.altered(
      file,
      (bytes) => `${change(bytes.toString('utf8').trimEnd().split('\n')).join('\n')}\n`,
    );
  }

  /** Removes the receipts of a department's answers: the entries in them must be part of what is searched. */
  withoutReceipts(department: string): readonly string[] {
    return this.alteredLines(`received-${department}.ndjson`, (lines) => lines.map(withoutReceipt));
  }

  /** Alters the first answer of a department of which `change` returns another line. */
  alteredAnswer(department: string, change: (line: ReceivedLine) => object | undefined): readonly string[] {
    return this.alteredLines(`received-${department}.ndjson`, (lines) => {
      const all = lines.map((text) => JSON.parse(text) as ReceivedLine);
      for (const [i, line] of all.entries()) {
        const body = Buffer.from(line.body, 'base64').toString('utf8');
        const other = change({ ...line, body }) as ReceivedLine | undefined;
        if (other === undefined) continue;
        return lines.with(i, JSON.stringify({ ...other, body: Buffer.from(other.body).toString('base64') }));
      }
      return assert.fail(`${department} has no such answer`);
    });
  }

  /** Alters the content of the log entries of which `change` returns another one. */
  alteredEntries(
    change: (entry: Readonly<Record<string, unknown>>) => object | undefined,
  ): readonly string[] {
    return this.alteredJson('log.json', ({ entries }: { readonly entries: { leaf: string }[] }) => {
      for (const entry of entries) {
        const text = Buffer.from(entry.leaf, 'base64').toString('utf8');
        const other = change(JSON.parse(text) as Readonly<Record<string, unknown>>);
        if (other !== undefined) entry.leaf = Buffer.from(JSON.stringify(other)).toString('base64');
      }
    });
  }

  /** What every scenario's check must see: memory, duration, an altered log, an answer that no entry proves. */
  assertCommon(department: string): void {
    const memory = ['memory of the hub at most, MB'];
    for (const peakMb of [0, 401])
      assert.deepEqual(
        this.alteredJson('hub.json', (hub: { peakMb: number }) => {
          hub.peakMb = peakMb;
        }),
        memory,
      );
    const duration = 'duration, s';
    const isLimited = this.figures().some(({ figure, held }) => figure.en === duration && held !== null);
    const late = this.alteredTimes('hub.json', (line) => line.replace(/"seconds":[\d.]+/, '"seconds":9000'));
    assert.equal(late.includes(duration), isLimited);
    const proven = 'entries proven without the hub';
    const genesis = this.alteredEntries((entry) =>
      entry['operation'] === 'genesis' ? { ...entry, at: '2026-01-01T00:00:00.000Z' } : undefined,
    );
    assert.deepEqual(genesis, [proven]);
    assert.deepEqual(
      this.alteredJson('log.json', (log: { checkpoint: string }) => {
        // another signature of the same length
        log.checkpoint = log.checkpoint.replace(/.{7}=\n$/, 'AAAAAAA=\n');
      }),
      [proven],
    );
    assert.deepEqual(
      this.alteredAnswer(department, (line) =>
        line.status === 200 ? { ...line, body: `${line.body} ` } : undefined,
      ),
      ['answers that their log entries prove'],
    );
    const bare = this.alteredLines(`received-${department}.ndjson`, (lines) => {
      const answered = lines.findIndex((text) => (JSON.parse(text) as ReceivedLine).status === 200);
      return lines.map((text, i) => (i === answered ? withoutReceipt(text) : text));
    });
    assert.ok(bare.includes('answers that their log entries prove'));
  }
}

/** The command of both guides of a scenario, without its folder. */
export function guidedWords(name: string): readonly string[] {
  const line = new RegExp(`^npm run scenario -- ${name} (.*) --out \\S+$`, 'm');
  const [zh, en] = [`${name}.zh-CN.md`, `${name}.md`].map(
    (page) => line.exec(readFileSync(join(root, 'docs/scenarios', page), 'utf8'))?.[1],
  );
  assert.ok(en !== undefined);
  assert.equal(zh, en);
  return en.split(' ');
}
