/** Test files share processes: to start one and to load the hub in it takes longer than most of them run. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** What a file, or a helper that it imports, changes or measures in its whole process; such a file has a process to itself. */
const ofWholeProcess = [
  /(?<![.\w])mock\./, // of timers and other globals; that of a test (`t.mock`) ends with it
  /process\.env(?:\.\w+|\['\w+'\]) = |delete process\.env/,
  /\.isTTY = |\bsetLanguage\(/,
  /process\.(?:memoryUsage|cpuUsage|sete[ug]id)\b/,
  /globalThis\.\w+ = |delete globalThis|defineProperty\(globalThis/,
];
/** A file that measures times is not to run in a process that is busy with what another one left. */
const measuresTime = /\bperformance\b/;

/** Walks through pages in a browser take up to minutes each: a dozen of them would be longer than a process may run. */
const takesMinutes = /^tests\/browser\//;

/** A helper that makes its fixture as it is loaded, which a process does once. */
const isMadeOnLoad = /^(?:export )?(?:const .+ = )?await |^(?:before|after)\(/m;

/**
 * Files that take twenty seconds or more. Each has a process to itself and starts first, so that all processes end at about the same time;
 * those that mostly wait are between those that compute.
 */
const longest = [
  'tests/scenarios/cityBrain.test.ts',
  'tests/scenarios/storm.test.ts',
  'clients/cli/bridge/rowsBridge.test.ts',
  'tests/docs/demoGuides.test.ts',
  'tests/docs/firstHubGuide.test.ts',
  'tests/scenarios/urbanManagement.test.ts',
  'tests/demo.test.ts',
  'tests/scenarios/schoolEnrolment.test.ts',
  'hub/flows/intake/translation/threads/dividedParts.test.ts',
  'tests/workers.test.ts',
  'tests/docs/curl.test.ts',
  'clients/cli/backup.test.ts',
  'tests/packages.test.ts',
  'tests/flows/telemetry.test.ts',
  'tests/flows/heldBatches.test.ts',
];

/** A group takes less than a minute, so the processes end at most a minute apart. */
const filesInGroup = 12;

interface TestFile {
  /** from the root */
  readonly name: string;
  readonly bundled: string;
  /** it has a process to itself */
  readonly isAlone: boolean;
  /** helpers that it shares with no other file of its process */
  readonly fixtures: readonly string[];
}

interface Group {
  readonly files: TestFile[];
  readonly fixtures: Set<string>;
}

/**
 * @param files test files, whole paths
 * @param bundled the same files as bundled, in the same order
 * @param runGroup tests/runGroup.ts as bundled
 * @returns the files to run, the longest first: those that share a process are replaced by files that run them
 */
export function groupTests(
  files: readonly string[],
  bundled: readonly string[],
  runGroup: string,
): readonly string[] {
  const all = files.map((file, at) => describedFile(file, bundled[at] ?? ''));
  const first = longest.flatMap((name) => all.filter((one) => one.name === name));
  const others = all.filter((one) => !first.includes(one));
  const groups = dealt(others.filter(({ isAlone }) => !isAlone));
  return [
    ...first.map((one) => one.bundled),
    ...groups.map(({ files: shared }, at) => writeGroup(shared, at, runGroup)),
    // the shortest of all: they fill what is left of the time of the last group
    ...others.filter(({ isAlone }) => isAlone).map((one) => one.bundled),
  ];
}

function describedFile(file: string, bundled: string): TestFile {
  const text = readFileSync(file, 'utf8');
  const helpers = [...text.matchAll(/^(?:import .*|\} )from '(\.[^']+)';$/gm)]
    .map(([, path = '']) => resolve(dirname(file), path))
    .filter((path) => path.startsWith(join(root, 'tests/')) && path.endsWith('.ts'))
    .map((path) => [path, readFileSync(path, 'utf8')] as const);
  const texts = [text, ...helpers.map(([, helper]) => helper)];
  const name = relative(root, file);
  return {
    name,
    bundled,
    isAlone:
      takesMinutes.test(name) ||
      measuresTime.test(text) ||
      texts.some((one) => ofWholeProcess.some((pattern) => pattern.test(one))),
    fixtures: helpers.flatMap(([path, helper]) => (isMadeOnLoad.test(helper) ? [path] : [])),
  };
}

/** Deals files to groups like cards: neighbours take about as long, and belong to different groups. */
function dealt(files: readonly TestFile[]): readonly Group[] {
  const groups: Group[] = Array.from({ length: Math.ceil(files.length / filesInGroup) }, () => ({
    files: [],
    fixtures: new Set(),
  }));
  for (const file of files) {
    const free = groups.filter(({ fixtures }) => !file.fixtures.some((one) => fixtures.has(one)));
    const [smallest] = free.toSorted((a, b) => a.files.length - b.files.length);
    const group = smallest ?? { files: [], fixtures: new Set() };
    if (smallest === undefined) groups.push(group);
    group.files.push(file);
    for (const one of file.fixtures) group.fixtures.add(one);
  }
  return groups;
}

function writeGroup(files: readonly TestFile[], at: number, runGroup: string): string {
  const path = join(dirname(dirname(runGroup)), `group${at}.mjs`);
  const listed = JSON.stringify(files.map(({ name, bundled }) => [name, bundled]));
  writeFileSync(path, `import { runGroup } from ${JSON.stringify(runGroup)};\nawait runGroup(${listed});\n`);
  return path;
}
