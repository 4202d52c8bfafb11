/**
 * Two processes of a hub answer calls all the time, and KILLS times one of them, or a process of PostgreSQL, is killed (SIGKILL) at a random
 * moment. Afterwards every answer that was received is in the log where its receipt states, no index is missing, and no two roots that were
 * ever signed disagree. ATTACK_SEED sets the moments. Run by itself, without the time limit of the runner.
 */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { staffClient } from '../../clients/cli/apply/staffCall.ts';
import { verifyLog } from '../../clients/cli/audit/verifyLog.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { seededRandom } from '../../clients/cli/demo/files/invented.ts';
import { checkpointsInMemory } from '../../clients/sdk/checkpointKeeper.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { Problem } from '../../terms/problem.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub, type TestHub } from '../hub.ts';
import { hubAgain, killHub } from './hubAgain.ts';
import { answered, killOneBackend } from './killOneBackend.ts';
import { oneHistory } from './oneHistory.ts';

const kills = Number(process.env['KILLS'] ?? 20);
const random = seededRandom(Number(process.env['ATTACK_SEED'] ?? 20261122));
/** the persons that callers query: apart from the moments, which it must not set */
const subjects = seededRandom(7);
const callersOfHub = 4;
/** Milliseconds of load around a kill. */
const around = 1_500;
const dataset = 'pub-security.household';
const context = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};

const database = await testDatabase({ connections: 20 });
const first = await testHub({ database });
after(() => first.stop());
const second = await testHub({ database, keysDir: first.hub.config.keysDir });
after(() => second.stop());
const auditor = await first.token('auditor', ['auditor']);
const { education, publicSecurity } = await sampleCity(first, 1_000_000_000);
const file = householdFile(20_000, 11);
await publicSecurity.client.sendFile(dataset, file.bytes, { mapping: 'household' });
const logKey = first.hub.keys.log;
const people = file.good.filter(({ region }) => region !== '990103');

/** What a caller holds of an answer. */
interface Acknowledged {
  readonly exchange: string;
  readonly receipt: string;
}

/** One process of the hub, and who calls it. */
interface Side {
  process: ChildProcess;
  readonly serve: () => Promise<ChildProcess>;
  readonly client: DatongClient;
  readonly acknowledged: Acknowledged[];
  /** answers that a caller took for false */
  readonly disbelieved: Problem[];
}

/** Both sides store what they saw of the log in one place: a checkpoint of one that does not continue the other's is refused. */
const checkpoints = checkpointsInMemory();

async function sideOf(test: TestHub): Promise<Side> {
  const { origins } = test.hub;
  const serve = await hubAgain(test, database);
  const client = new DatongClient({
    department: 'education',
    ca: first.ca,
    tls: education.tls,
    signingKey: education.signing,
    hub: { exchange: origins.exchange, open: origins.open },
    checkpoints,
  });
  after(() => client.close());
  return { process: await serve(), serve, client, acknowledged: [], disbelieved: [] };
}

/** Calls without a pause: every fourth call is denied, which has its entry too. */
async function call(side: Side, until: AbortSignal): Promise<void> {
  for (let nth = 0; !until.aborted; nth += 1) {
    const value = people[subjects.int(people.length)]?.id ?? '';
    const purpose = nth % 4 === 3 ? 'meals-subsidy' : context.purpose;
    const query = { filter: [{ field: 'person_id', op: 'eq', value }] } as const;
    try {
      const { exchange, receipt } = await side.client.query(dataset, query, { ...context, purpose });
      side.acknowledged.push({ exchange, receipt: receipt ?? '' });
    } catch (error) {
      if (error instanceof DatongProblem) {
        codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
        const { exchange, receipt } = error.kept ?? {};
        if (exchange !== undefined && receipt !== undefined) side.acknowledged.push({ exchange, receipt });
      } else if (error instanceof Problem && error.code.startsWith('reply_')) side.disbelieved.push(error);
      // else no hub answered, and no caller holds anything
      await sleep(20);
    }
  }
}

/** How often each refusal was answered. */
const codes = new Map<string, number>();

test(
  `killed ${kills} times under load, two hubs and their PostgreSQL lose no acknowledged call, and sign one history`,
  { timeout: kills * 300_000 },
  async (t) => {
    const sides = [await sideOf(first), await sideOf(second)];
    t.after(() => sides.forEach((side) => side.process.kill('SIGKILL'))); // later than their database
    const end = new AbortController();
    const load = sides.flatMap((side) => Array.from({ length: callersOfHub }, () => call(side, end.signal)));
    const reported = (): number => sides.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
    /** Answers come, of this side and of the other. */
    const answering = async (): Promise<void> => {
      const before = sides.map(({ acknowledged }) => acknowledged.length);
      while (sides.some(({ acknowledged }, at) => acknowledged.length < (before[at] ?? 0) + 5))
        await sleep(20);
    };
    await answering();
    for (let i = 0; i < kills; i += 1) {
      await sleep(random.int(around));
      const victim = sides[random.int(3)];
      if (victim === undefined) {
        await killOneBackend(database, random);
      } else {
        await killHub(victim.process);
        victim.process = await victim.serve();
      }
      await answering();
    }
    end.abort();
    await Promise.all(load);
    assert.deepEqual(
      sides.flatMap(({ disbelieved }) => disbelieved.map(({ code, message }) => ({ code, message }))),
      [],
    );

    const acknowledged = sides.flatMap((side) => side.acknowledged);
    const history = await answered(() => oneHistory(database.owner, logKey, acknowledged));
    assert.deepEqual(history.missing, []);
    const staff = staffClient({ origin: first.hub.origins.staff, ca: first.ca, token: auditor });
    const ask = async (method: string, path: string, body?: object) =>
      (await (method === 'GET' ? staff.get(path) : staff.post(path, body ?? {}))).body;
    const { findings } = await verifyLog({ ask }, [logKey], []);
    staff.close();
    assert.deepEqual(findings, []);
    // a database that is away is no fault of the hub's
    assert.equal(codes.get('internal_error'), undefined);
    t.diagnostic(
      `${reported()} answers, ${history.entries} entries, ${history.checkpoints} kept checkpoints`,
    );
  },
);
