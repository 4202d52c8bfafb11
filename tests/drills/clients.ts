/**
 * `npm run drill clients [REVISION]`: the SDK and the command line of a former release call a hub of this one, and those of this release a
 * hub of the former one. The revision is one of the repository; default: the newest tag of a release; exit code 76 where there is none.
 * Prints a line for each call. Fails where a call of either release does not work with the other, unless the former release does not have it:
 * then the command line must name the later release as the next step.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { row } from '../flows/streetCases.ts';
import { airContext, airFile, airQuality, eventOf, topic } from './busyDay.ts';
import { formerFiles, repository } from './formerFiles.ts';
import { home, makeNetwork } from './hosts.ts';
import { dataset } from './load.ts';
import { newestRelease, noRelease } from './newestRelease.ts';
import type { ClientOrder, Outcomes } from './releaseClient.ts';
import type { ReleaseDay } from './releaseHub.ts';

const revision = process.argv[2] ?? newestRelease(repository);
if (revision === undefined) {
  process.stderr.write('this repository has no tag of a release (v*): npm run drill clients REVISION\n');
  process.exit(noRelease);
}
makeNetwork('10.77.0.1');
const programs = ['firstDay.ts', 'busyDay.ts', 'releaseHub.ts', 'releaseClient.ts', 'load.ts'];
const former = formerFiles(revision, join(home, 'former'), programs);
const run = (files: string, name: string, ...args: readonly string[]): readonly string[] => [
  join(files, 'scripts/run.mjs'),
  join(files, 'tests/drills', name),
  ...args,
];

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ran = (
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> =>
  new Promise((done) => {
    const options = { cwd, env: { ...process.env, LANG: 'en_GB.UTF-8', NO_COLOR: '1', ...env } };
    execFile(process.execPath, [...args], options, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
  });

/** A verb without what it is given. */
const nameOf = (words: string): string => {
  const given = words.split(' ');
  const end = given.findIndex((word) => !/^[a-z]+$/.test(word));
  return ['datong', ...given.slice(0, end), ...given.filter((word) => word === '--each')].join(' ');
};

/** Verbs by which each release is tried; their state is the hub's, so their order matters. */
function verbsOf(day: ReleaseDay): readonly string[] {
  const [value = ''] = day.persons;
  const official = '--on-behalf-of official-17 --matter YX-2026-000123';
  const why = `--purpose school-enrolment --agreement agr-school-enrolment ${official} --as education`;
  const air = `--purpose ${airContext.purpose} --agreement ${airContext.agreement} --as education`;
  return [
    `rows fetch ${dataset} ${why} --filter person_id=${value} --save evidence`,
    `rows fetch ${dataset} ${why} --by person_id --each persons.txt`,
    `explain ${dataset} ${why} --filter person_id=${value}`,
    `batch send air.csv --dataset ${airQuality} --mapping prsa --as ecology`,
    `rows push ${day.cases} cases.json --as ecology`,
    `rows change ${day.cases} --key case=L-1 --set status=accepted --if-version 1 --as education`,
    `rows listen ${airQuality} ${air} --to-dir air --once`,
    `event publish event.json --topic ${topic} --as ecology`,
    `event listen ${day.subscription} --to-dir events --once --as education`,
    'event subscriptions --as education',
    'audit logs --as education',
    'audit receipt verify evidence --anchors anchors.json --as education',
    'client diagnose --as education',
    'duty list --as education',
    'ticket list --as education',
    'dataset list --as operator',
    `dataset show ${airQuality} --as operator`,
    'schema list --as operator',
    'policy list --as operator',
    'catalogue search --as operator',
    'catalogue export --as operator',
    'batch list --as operator',
    'request list --as operator',
    'review inbox --as operator',
    'hub figures --as operator',
    'audit search --as auditor',
    'audit verify --as auditor',
    'audit findings --as auditor',
    'review urge --as leader',
    'review urge request req-000000001 --as leader',
    'batch quality --as operator',
  ];
}

/** What the command line of one release does with a hub. */
async function commandLine(files: string, { day, state }: ClientOrder, folder: string): Promise<Outcomes> {
  mkdirSync(folder);
  const write = (name: string, content: string | Uint8Array): void =>
    writeFileSync(join(folder, name), content);
  const [value = '', other = ''] = day.persons;
  write('air.csv', airFile('cli', 5));
  write('cases.json', ['L-1', 'L-2'].map((name) => JSON.stringify(row(name, 'education'))).join('\n'));
  write('event.json', JSON.stringify(eventOf('cli-1')));
  write('persons.txt', `${value}\n${other}\n`);
  copyFileSync(`${state}.anchors`, join(folder, 'anchors.json'));
  const outcomes: Record<string, string> = {};
  const env = { DATONG_STATE: state, DATONG_HOME: join(folder, 'profiles') };
  for (const words of verbsOf(day)) {
    const program = [join(files, 'bin/datong.mjs'), ...words.split(' ')];
    const { code, stdout, stderr } = await ran(program, folder, env);
    outcomes[nameOf(words)] = code === 0 ? 'works' : `exit ${code}: ${(stderr || stdout).trim()}`;
  }
  return outcomes;
}

/** The outcomes of a client's calls to a hub. @param files of the hub's release @param of the files of the client's release */
async function withHub(files: string, name: string, of: string): Promise<Outcomes> {
  const state = join(home, `${name}.json`);
  const hub = spawn(process.execPath, run(files, 'releaseHub.ts', state), {
    cwd: files,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: home },
  });
  let line = '';
  for await (const one of createInterface({ input: hub.stdout })) {
    line = one;
    if (line.startsWith('{')) break;
  }
  const day = JSON.parse(line) as ReleaseDay;
  const sdk = await ran(run(of, 'releaseClient.ts', JSON.stringify({ day, state })), of);
  assert.equal(sdk.code, 0, sdk.stderr);
  const outcomes = {
    ...(JSON.parse(sdk.stdout.trim().split('\n').at(-1) ?? '') as Outcomes),
    ...(await commandLine(of, { day, state }, join(home, `${name}-verbs`))),
  };
  const gone = once(hub, 'exit');
  hub.stdin.end();
  await gone;
  return outcomes;
}

const version = (files: string): string =>
  (JSON.parse(readFileSync(join(files, 'package.json'), 'utf8')) as { readonly version: string }).version;
process.stdout.write(
  `former: ${revision} (package.json: ${version(former)}); latest: this checkout (package.json: ${version(repository)})\n`,
);
/** Refusals by a command line that does not have the verb, and of a hub that does not have the operation. */
const isNoVerb = /^exit 2: error: (?:unknown command|missing required argument)/;
const isNoOperation =
  /\nnext: check the id; if it is right, the hub may be of an earlier release without this operation/;
const formerClient = await withHub(repository, 'latest', former);
const latestClient = await withHub(former, 'former', repository);
const failed: string[] = [];
const cell = (call: string, outcome: string, known: RegExp, not: string): string => {
  if (outcome === 'works') return outcome;
  if (known.test(outcome)) return not;
  failed.push(`${call}: ${outcome}`);
  return 'FAILS';
};
const rows = Object.keys(latestClient).map((call) => [
  call,
  cell(call, formerClient[call] ?? 'not called', isNoVerb, 'no such verb'),
  cell(call, latestClient[call] ?? 'not called', isNoOperation, 'no such operation'),
]);
const head = ['call', 'former client, latest hub', 'latest client, former hub'];
const width = Math.max(...rows.map(([call = '']) => call.length)) + 2;
for (const [call = '', ...outcomes] of [head, ...rows])
  process.stdout.write(
    `${call.padEnd(width)}${outcomes
      .map((one) => one.padEnd(27))
      .join('')
      .trimEnd()}\n`,
  );
const works = (nth: number): number => rows.filter((one) => one[nth] === 'works').length;
process.stdout.write(
  `${rows.length} calls; the former client works in ${works(1)} and the latest one in ${works(2)}\n`,
);
assert.deepEqual(failed, []);
process.exit(0);
