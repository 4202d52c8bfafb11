/** docs/rows.md: the section to try is run in both languages, with the agent; the lines of the SDK are run as they are shown. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { readProfile, type DemoState } from '../../clients/sdk/profile.ts';
import { beforeCurl } from '../../hub/platform/http/contract/curlExample.ts';
import { datongBin, datongEnvironment, runDatong } from '../datong.ts';
import { demoStage, typedOf, guidesOf, type DemoStage } from './demoStage.ts';
import { blocksOf, pageText } from './guideSteps.ts';

const english = pageText('rows.md');
const guides = guidesOf('rows', ['Try it', '试一试']);
const ends: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const end of ends) await end();
});

/** Starts the agent of a guide at a free port. @returns its address */
async function agentOf({ folder, env }: DemoStage, command: string): Promise<string> {
  const words = command.split(' ').slice(1);
  const child = spawn(process.execPath, [datongBin, ...words, '--port', '0'], {
    cwd: folder,
    env: { ...datongEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  ends.push(() => {
    child.kill('SIGTERM');
    return ended;
  });
  const [address] = (await once(createInterface(child.stdout), 'line')) as [string];
  return address;
}

const example = {
  time: '2026-09-01T10:00:00+08:00',
  ...Object.fromEntries(
    [
      'pm25',
      'pm10',
      'so2',
      'no2',
      'co',
      'o3',
      'temp',
      'pres',
      'dewp',
      'rain',
      'wind_direction',
      'wind_speed',
    ].map((name) => [name, null]),
  ),
};

/** The lines of the SDK, with a client of the stage. */
async function throughSdk(stage: DemoStage): Promise<void> {
  const state = JSON.parse(readFileSync(join(stage.folder, 'demo.json'), 'utf8')) as DemoState;
  const client = DatongClient.fromProfile(readProfile(state.profiles['ecology'], 'demo.json'));
  const [sdk = ''] = blocksOf(english, 'ts');
  const snippet = join(stage.folder, 'snippet.mjs');
  writeFileSync(
    snippet,
    `export default async (client, reading) => { ${sdk} return { accepted, quarantined }; };`,
  );
  const shownIn = (await import(pathToFileURL(snippet).href)) as {
    default: (client: DatongClient, reading: object) => Promise<object>;
  };
  try {
    const pushed = await shownIn.default(client, { ...example, station: '文澜路' });
    assert.deepEqual(pushed, { accepted: 1, quarantined: 0 });
  } finally {
    client.close();
  }
}

/** What the verb does with lines that are bad. */
async function badLines({ folder, env }: DemoStage): Promise<void> {
  const lines = join(folder, 'lines.ndjson');
  writeFileSync(
    lines,
    [{ ...example, station: '文澜路' }, '', { ...example, station: '文澜路', pm25: -1 }, 'no json']
      .map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
      .join('\n'),
  );
  const words = ['rows', 'push', 'ecology.air-quality-live', lines, '--as', 'ecology'];
  const ran = await runDatong([...words, '--json'], { cwd: folder, env });
  assert.equal(ran.code, 1, ran.stderr);
  const { batch, ...counts } = JSON.parse(ran.stdout) as Readonly<Record<string, unknown>>;
  assert.deepEqual(counts, { ok: false, calls: 1, accepted: 1, quarantined: 2, notSent: 0 });
  assert.match(
    ran.stderr,
    new RegExp(`^next: datong batch quarantine ${String(batch)} --as ecology lists the bad rows$`, 'm'),
  );
  const back = ['batch', 'quarantine', String(batch), '--as', 'ecology'];
  const quarantine = await runDatong([...back, '--json'], { cwd: folder, env });
  assert.equal(quarantine.code, 0, quarantine.stderr);
  assert.match(ran.stderr, /line 3, pm25: minimum\n.*line 4: json\.malformed/);
  // no value of a row; an id may have these characters
  assert.doesNotMatch(ran.stderr.replaceAll(String(batch), ''), /-1/);
  const list = [
    { ...example, station: '文澜路' },
    { ...example, station: '荷塘街', pm25: -1 },
  ];
  const pretty = JSON.stringify(list, undefined, 2);
  for (const [text, code, says] of [
    [pretty, 1, /^record 2, pm25: minimum\n1 row stored, 1 bad, in 1 call$/m],
    ['[]', 0, /^0 rows stored, 0 bad, in 0 calls$/m],
    // what was read before the cut is sent, and counted
    [pretty.slice(0, -2), 1, /^1 row stored, 0 bad, in 1 call\nfailed: .*\(json_malformed\)$/m],
  ] as const) {
    writeFileSync(lines, text);
    const sent = await runDatong(words, { cwd: folder, env });
    assert.equal(sent.code, code, sent.stderr);
    assert.match(sent.stderr, says);
  }
  const table = join(folder, 'readings.csv');
  writeFileSync(table, 'station,time,pm25\n文澜路,2026-09-01T08:00:00+08:00,31\n');
  const asTable = await runDatong(words.with(3, table), { cwd: folder, env });
  assert.equal(asTable.code, 4);
  assert.match(
    asTable.stderr,
    /^failed: this is CSV, not JSON; no row was sent\nnext: use datong send \S+readings\.csv --dataset ecology\.air-quality-live$/m,
  );
  const fine = await runDatong([...words, '--mapping', 'none'], { cwd: folder, env });
  assert.deepEqual([fine.code, /mapping_unknown/.test(fine.stderr)], [1, true], fine.stderr);
}

for (const [nth, { LANG, steps, skip }] of guides.entries())
  test(
    `${LANG}: from a dataset to rows by curl, Python and the command line, and their quarantine`,
    { skip },
    async () => {
      const stage = await demoStage(LANG);
      let exports = '';
      let commands = 0;
      for (const step of steps) {
        if (step.kind === 'file') stage.write(step);
        if (step.kind !== 'command') continue;
        commands += 1;
        if (step.command.startsWith('datong client agent')) {
          const [shown = ''] = step.output;
          stage.names.set(shown, await agentOf(stage, step.command));
        } else if (step.command.startsWith('export ')) exports = `${step.command}\n`;
        else {
          const printed = await stage.shows({ ...step, command: `${exports}${step.command}` });
          const [, batch] = /"batch":"([^"]+)"/.exec(printed) ?? [];
          if (batch !== undefined) stage.names.set(' BATCH ', ` ${batch} `);
        }
      }
      assert.equal(commands, 8);
      if (nth > 0) return;
      await throughSdk(stage);
      await badLines(stage);
    },
  );

test('what is typed before curl is what each example with curl needs', () => {
  const typed = guides.map(({ steps }) =>
    steps.flatMap((step) =>
      step.kind === 'command' && beforeCurl.includes(step.command) ? [step.command] : [],
    ),
  );
  assert.deepEqual(typed, [beforeCurl, beforeCurl]);
});

test('both languages show the same commands', () => {
  const [first, second] = guides;
  assert.deepEqual(typedOf(second), typedOf(first));
  const chinese = pageText('rows.zh-CN.md');
  for (const language of ['sh', 'json', 'python', 'yaml', 'ts', 'ndjson'])
    assert.deepEqual(blocksOf(chinese, language), blocksOf(english, language), language);
});
