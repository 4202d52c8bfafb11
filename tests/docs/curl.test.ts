/**
 * The commands of /docs and docs/api-examples.md, typed as they are shown: those of the exchange listener through `datong client agent` by plain
 * HTTP, which signs, sends over TLS and verifies; what comes back is of the shape of what was recorded.
 */
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import {
  readContract,
  type ContractOperation,
  type Listener,
} from '../../hub/platform/http/contract/contract.ts';
import { beforeCurl, curlExamples, recordedExamples } from '../../hub/platform/http/contract/curlExample.ts';
import { answerFault } from '../contractAnswers.ts';
import { testDatabase } from '../database.ts';
import { datongBin, datongEnvironment } from '../datong.ts';
import { profileOf } from '../demoState.ts';
import type { Role } from '../../hub/domain/permissions.ts';
import { testHub, type Machine } from '../hub.ts';
import { nonEmpty } from '../nonEmpty.ts';
import { curlPlays, playedCity, playedEndpoint } from './curlPlays.ts';
import type { Play } from './play.ts';
import {
  asShown,
  following,
  ofAnotherHub,
  alreadyRegistered,
  type Answers,
  type Typist,
} from './staffPlays.ts';

const examples = recordedExamples();
const { operations } = readContract();
const home = mkdtempSync(join(tmpdir(), 'datong-curl-'));
const database = await testDatabase({ connections: 20 });
const hub = await testHub({
  database,
  citizen: true,
  jobsByTime: false,
  dispatch: false,
  config: { services: [{ department: 'education', origin: new URL(playedEndpoint).origin }] },
});
const city = await playedCity(hub);
const ends: (() => Promise<unknown>)[] = [];
after(async () => {
  // until one has ended it still writes in its folder
  for (const end of ends) await end();
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});

/** The folder in which a user types: tokens of their agent, a file to send, where it listens. */
interface Place {
  readonly folder: string;
  readonly agent: string;
}
const places = new Map<string, Place>();
let plays: Readonly<Record<string, Play>> = {};

before(async () => {
  plays = await curlPlays(hub, city, database);
  for (const machine of [city.education, city.publicSecurity, city.ecology])
    places.set(machine.department, await agentOf(machine));
});

async function agentOf(machine: Machine): Promise<Place> {
  const folder = join(home, machine.department);
  mkdirSync(folder);
  const { exchange, open, staff } = hub.hub.origins;
  const profile = profileOf(machine, { exchange, open, staff, ca: hub.ca, keys: undefined });
  writeFileSync(join(folder, 'datong.json'), JSON.stringify(profile), { mode: 0o600 });
  const child = spawn(process.execPath, [datongBin, 'agent', '--port', '0', '--save', 'kept'], {
    cwd: folder,
    env: datongEnvironment(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  ends.push(() => {
    child.kill('SIGTERM');
    return ended;
  });
  const [agent] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { folder, agent };
}

interface Typed {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** Types a command. `curl` is curl, which also writes down what came back. */
async function typed(
  command: string,
  { folder, agent }: Place,
  more: Readonly<Record<string, string>> = {},
): Promise<Typed> {
  const script = [
    'set -eu',
    ...beforeCurl,
    `AGENT=${agent}`,
    'curl() { command curl --disable --dump-header head --output body "$@"; }',
    command,
  ].join('\n');
  const env = { PATH: process.env['PATH'], ...more };
  await new Promise<void>((done, failed) => {
    execFile('sh', ['-c', script], { cwd: folder, env }, (error, _, stderr) => {
      if (error === null) done();
      else failed(new Error(`${stderr}\n${command}`));
    });
  });
  const [first = '', ...lines] =
    readFileSync(join(folder, 'head'), 'latin1').trim().split('\r\n\r\n').at(-1)?.split('\r\n') ?? [];
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  return { status: Number(first.split(' ')[1]), headers, body: readFileSync(join(folder, 'body')) };
}

const operationOf = (operationId: string): ContractOperation =>
  operations.find((one) => one.operationId === operationId) ?? assert.fail(operationId);

/** When something was recorded: the newest of its ids of version 7 says it. Unix ms */
function recordedAt(recorded: unknown): number | undefined {
  const ids = JSON.stringify(recorded).match(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}(?=-[89ab])/g) ?? [];
  const moments = ids.map((id) => parseInt(id.replaceAll('-', '').slice(0, 12), 16));
  return moments.length === 0 ? undefined : Math.max(...moments);
}
const allRecordedAt = recordedAt(examples) ?? assert.fail('examples have ids');

/** A command with its moments as far from now as they were when it was recorded: what was to come then is to come. */
function asOfNow(operationId: string, command: string): string {
  const later = database.now() - (recordedAt(examples[operationId]) ?? allRecordedAt);
  return command.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (moment) =>
    new Date(Date.parse(moment) + later).toISOString(),
  );
}

const codeIn = ({ body }: Typed): unknown =>
  (JSON.parse(body.toString('utf8')) as { readonly code?: unknown }).code;

const commandOf = (operationId: string, listener: Listener): string | undefined => {
  return curlExamples(operationOf(operationId), examples[operationId] ?? assert.fail(operationId)).find(
    (one) => one.listener === listener,
  )?.command;
};

test('every operation of the exchange listener by curl through the agent', async () => {
  const through = operations.filter(
    ({ listeners, connection }) => listeners.includes('exchange') && !connection,
  );
  for (const { operationId } of nonEmpty(through)) {
    const { path, body, status, type, answer } = examples[operationId] ?? assert.fail(operationId);
    const command = commandOf(operationId, 'exchange');
    if (command === undefined) {
      assert.equal(operationId, 'renewCertificate');
      continue;
    }
    const play = plays[operationId] ?? {};
    const callers = { publicSecurity: 'pub-security', ecology: 'ecology' } as const;
    const place = places.get(play.by === undefined ? 'education' : callers[play.by]) ?? assert.fail();
    if (play.part !== undefined) writeFileSync(join(place.folder, 'part.bin'), play.part);
    let meant = command;
    const put = (shown: string, here: string): void => {
      assert.ok(meant.includes(shown), `${operationId} shows ${shown}`);
      meant = meant.replaceAll(shown, () => here);
    };
    if (play.path !== undefined) put(path, play.path);
    if (play.body !== undefined) put(JSON.stringify(body), JSON.stringify(play.body));
    for (const [shown, here] of Object.entries(play.say ?? {})) put(shown, here);
    const got = await typed(meant, place);
    const text = got.body.toString('utf8');
    assert.equal(got.status, status, `${operationId}: ${text}`);
    assert.equal(got.headers.get('content-type')?.split(';')[0], type.split(';')[0], operationId);
    // a part of an upload has none, and that of a stream is at its beginning and its end
    const proven = !['putBatchPart', 'putAttachmentPart', 'streamRecords'].includes(operationId);
    assert.equal(got.headers.has('datong-receipt'), proven, operationId);
    if (!type.startsWith('application/json')) continue;
    const json = JSON.parse(text) as object;
    assert.equal(answerFault(operationId, status, json), '');
    const otherwise = play.otherwise ?? [];
    const members = (one: object): string[] =>
      Object.keys(one)
        .filter((name) => !otherwise.includes(name))
        .sort();
    assert.deepEqual(members(json), members(answer as object), operationId);
  }
});

test('a stream by curl is its records to the last one; a file goes on from where it was cut', async () => {
  const place = places.get('education') ?? assert.fail();
  const streamed = await typed(commandOf('streamRecords', 'exchange') ?? '', place);
  const lines = streamed.body.toString('utf8').trimEnd().split('\n');
  assert.equal(lines.length, city.file.good.filter(({ region }) => region === '990101').length);
  assert.deepEqual(Object.keys(JSON.parse(lines.at(-1) ?? '') as object), ['name']);
  const { path = '' } = plays['downloadExport'] ?? {};
  const shown = (commandOf('downloadExport', 'exchange') ?? '').replace(
    examples['downloadExport']?.path ?? '',
    path,
  );
  const ranged = async (range: string): Promise<Typed> =>
    typed(shown.replace('range: bytes=0-', `range: ${range}`), place);
  const whole = await typed(shown, place);
  const size = whole.body.length;
  assert.equal(whole.headers.get('content-range'), `bytes 0-${size - 1}/${size}`);
  const [first, rest] = [await ranged('bytes=0-999'), await ranged('bytes=1000-')];
  assert.equal(rest.headers.get('content-range'), `bytes 1000-${size - 1}/${size}`);
  assert.deepEqual(Buffer.concat([first.body, rest.body]), whole.body);
  const beyond = await ranged(`bytes=${size}-`);
  assert.deepEqual([beyond.status, codeIn(beyond)], [416, 'range_invalid']);
});

test('what is asked of the hub itself: lists of staff with a token, the open and the own listener without one', async () => {
  const { staff: STAFF, open: OPEN, admin: ADMIN } = hub.hub.origins;
  const place = places.get('education') ?? assert.fail();
  writeFileSync(join(place.folder, 'hub-root.pem'), hub.ca);
  const tokens = {
    auditor: await hub.token('qian', ['auditor']),
    operator: await hub.token('zhou', ['operator']),
    steward: await hub.token('wu', ['steward']),
  };
  const alone = operations.filter(
    ({ method, path, listeners }) => method === 'GET' && !path.includes('{') && listeners[0] !== 'citizen',
  );
  let typedOnes = 0;
  for (const { operationId, scopes, parameters } of nonEmpty(alone)) {
    const example = examples[operationId];
    if (example === undefined || parameters.some(({ required }) => required)) continue;
    for (const { listener, command } of curlExamples(operationOf(operationId), example)) {
      if (listener === 'exchange') continue;
      const [role = 'steward'] = (['auditor', 'steward', 'operator'] as const).filter((one) =>
        scopes.includes(one),
      );
      const token = tokens[role];
      writeFileSync(join(place.folder, 'staff.header'), `authorization: Bearer ${token}\n`);
      const got = await typed(command, place, { STAFF, OPEN, ADMIN });
      const text = got.body.toString('utf8');
      assert.equal(got.status, example.status, `${operationId}: ${text}`);
      assert.equal(got.headers.get('content-type'), example.type, operationId);
      if (example.type.startsWith('application/json'))
        assert.equal(answerFault(operationId, got.status, JSON.parse(text)), '');
      typedOnes += 1;
    }
  }
  assert.ok(typedOnes >= 45, `${typedOnes} commands`);
});

test('what is not typed by hand: the calls of the machine that holds the keys, and those of pages', () => {
  const none = operations.filter((operation) => {
    const example = examples[operation.operationId];
    return example !== undefined && curlExamples(operation, example).length === 0;
  });
  assert.deepEqual(
    none
      .filter(({ listeners }) => !listeners.includes('citizen'))
      .map(({ operationId }) => operationId)
      .sort(),
    [
      'askForAccount',
      'askForPasskey',
      'renewCertificate',
      'showSignIn',
      'signInAsDemo',
      'signInByAccount',
      'signInByCode',
      'signInByPasskey',
    ],
  );
});

test('every command of every listener is one that a shell reads', () => {
  const all = operations.flatMap((operation) => {
    const example = examples[operation.operationId];
    return example === undefined ? [] : curlExamples(operation, example).map(({ command }) => command);
  });
  assert.ok(all.length > operations.length);
  for (const command of all) assert.doesNotMatch(command, /\$TOKEN|Bearer/, 'no token on a command line');
  execFileSync('sh', ['-n'], { input: all.join('\n') });
});

test('what changes something, by staff: as it is shown, with the id of an answer before it, or refused for what another hub has', async () => {
  const { staff: STAFF, open: OPEN } = hub.hub.origins;
  const place = places.get('education') ?? assert.fail();
  writeFileSync(join(place.folder, 'hub-root.pem'), hub.ca);
  const tokens = new Map<Typist, string>();
  const tokenOf = async (typist: Typist): Promise<string> => {
    const [role = '', department] = typist.replace(/^second /, '').split('@');
    const made = tokens.get(typist) ?? (await hub.token(typist, [role as Role], department));
    tokens.set(typist, made);
    return made;
  };
  const commands = new Map(
    operations.flatMap((operation) => {
      const example = examples[operation.operationId];
      if (example === undefined || operation.method === 'GET' || operation.listeners.includes('exchange'))
        return [];
      const [found] = curlExamples(operation, example);
      return found === undefined || found.listener === 'admin'
        ? []
        : [[operation.operationId, found.command] as const];
    }),
  );
  const known = [asShown, alreadyRegistered, following, ofAnotherHub].flatMap((table) => Object.keys(table));
  assert.deepEqual(
    known.toSorted(),
    [...commands.keys()].sort(),
    'each command has one place, and each place one command',
  );

  const answers: Record<string, Answers[string]> = { machine: { serial: city.ecology.serial } };
  const wrong: string[] = [];
  /** types it, and holds what came against what was to come */
  const play = async (
    id: string,
    typist: Typist,
    wanted: string,
    meant = commands.get(id) ?? '',
  ): Promise<void> => {
    writeFileSync(join(place.folder, 'staff.header'), `authorization: Bearer ${await tokenOf(typist)}\n`);
    const { status, body } = await typed(meant, place, { STAFF, OPEN });
    const answer = body.length === 0 ? {} : (JSON.parse(body.toString('utf8')) as Answers[string]);
    const came = status < 300 ? String(status) : String(answer['code']);
    if (came !== wanted) wrong.push(`${id}: ${wanted} was to come, and ${status} ${came} came`);
    else if (status < 300) assert.equal(answerFault(id, status, answer), '', id);
    answers[id] = answer;
  };
  for (const id of commands.keys()) {
    const first = asShown[id];
    const again = alreadyRegistered[id];
    const soon = asOfNow(id, commands.get(id) ?? '');
    if (first !== undefined) await play(id, first, String(examples[id]?.status), soon);
    else if (again !== undefined) await play(id, again, '200');
    else if (ofAnotherHub[id] !== undefined) await play(id, ...ofAnotherHub[id], soon);
  }
  // what is accepted is what was read: the digest is the proposal's own
  const proposal = `/v1/proposals/${String(answers['delayView']?.['proposal'])}`;
  answers['waiting'] = (await hub.staff(await tokenOf('second security'), 'GET', proposal)).json;
  for (const [id, { by, path, body }] of Object.entries(following)) {
    const { path: shown, body: requested, status } = examples[id] ?? assert.fail(id);
    let meant = commands.get(id) ?? '';
    if (path !== undefined) meant = meant.replace(shown, () => path(answers));
    if (body !== undefined)
      meant = meant.replace(JSON.stringify(requested), () => JSON.stringify(body(answers)));
    assert.notEqual(meant, commands.get(id), id);
    await play(id, by, String(status), asOfNow(id, meant));
  }
  assert.deepEqual(wrong, []);
});
