/**
 * A hub is killed (SIGKILL) while four senders upload files, name them in rows and have them downloaded, and the sweep runs, KILLS times: each
 * time in the next of the steps. A call that gets no answer is repeated. In the end each file that a row names is downloaded whole, no record
 * points to bytes that are not there, and the object store has no bytes without a record. ATTACK_SEED sets the moments. Run without the time
 * limit of the runner.
 */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../clients/cli/demo/files/invented.ts';
import type { Attachment } from '../../clients/sdk/attachments.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { sweepStoredObjects } from '../../hub/flows/attachments/jobs/sweepStoredObjects.ts';
import { sealedSize } from '../../hub/flows/attachments/sealing.ts';
import { openStorages } from '../../hub/flows/attachments/storage.ts';
import { pieceBytes, type StorageName } from '../../hub/flows/attachments/store/storage.ts';
import { readConfig } from '../../hub/platform/config/readConfig.ts';
import { testDatabase } from '../database.ts';
import { ageAttachments, sha256 } from '../flows/intakeCalls.ts';
import { sampleCity, testHub } from '../hub.ts';
import { s3Server } from '../s3Server.ts';
import { hubAgain, killHub } from './hubAgain.ts';

const kills = Number(process.env['KILLS'] ?? 30);
const random = seededRandom(Number(process.env['ATTACK_SEED'] ?? 20261127));
const senders = 4;
const dataset = 'ecology.odour-reports';
const partBytes = 8 * 1024 * 1024;
const context = { purpose: 'environment-study', agreement: 'agr-odour-reports' };

const steps = ['opening', 'part', 'end', 'download', 'sweep'] as const;
type Step = (typeof steps)[number];
/** Milliseconds for which a kill waits for its step, and for which a sweep that has begun is killed. */
const patienceMs = 60_000;
const sweepMs = 60;
/** Milliseconds for which a call is repeated: longer than several starts of a hub. */
const maxUnansweredMs = 120_000;

/** Runs the kills with the bytes of attachments in this storage. */
export async function killAttachments(storage: StorageName): Promise<void> {
  const place = storage === 's3' ? 'object store' : 'database';
  const s3 = storage === 's3' ? await s3Server() : undefined;
  after(() => s3?.close());
  const stored = s3 === undefined ? {} : { attachments: s3.direct };
  const database = await testDatabase({ connections: 20 });
  const made = await testHub({ database, config: stored });
  after(() => made.stop());
  const city = await sampleCity(made);
  await city.apply('odour-reports/dataset.yaml');
  await city.apply('odour-reports/agreement.yaml', [city.education, city.ecology]);
  const { client } = city.ecology;
  const reader = city.education.client;
  const serve = await hubAgain(made, database, stored);
  const { attachments } = readConfig(
    { name: 'yunxi', publicOrigin: 'https://localhost:8443', ...stored },
    {},
  );
  const storages = openStorages(database.app, attachments);
  after(() => storages.close());

  /** id and digest of the file that each row names */
  const named = new Map<string, readonly [id: string, digest: string]>();
  /** files that no row names any more */
  const replaced = new Set<string>();
  /** calls that were answered, uploads that ended in another process than they began in, and the process that serves now */
  let [calls, continued, process_] = [0, 0, 0];
  /** milliseconds of the answered calls of each step */
  const durations = new Map<Step, number[]>();
  const waiting = new Map<Step, () => void>();

  /** Does a call again until it is answered. @param step undefined: no kill waits for it */
  async function answered<T>(step: Step | undefined, call: () => Promise<T>): Promise<T> {
    for (const since = performance.now(); ;) {
      const begun = performance.now();
      if (step !== undefined) waiting.get(step)?.();
      try {
        const answer = await call();
        calls += 1;
        if (step !== undefined)
          durations.set(step, [...(durations.get(step) ?? []), performance.now() - begun]);
        return answer;
      } catch (error) {
        const isFinal = error instanceof DatongProblem && error.status < 500;
        if (isFinal || performance.now() - since > maxUnansweredMs) throw error;
        await sleep(20);
      }
    }
  }

  /** A repeated call has the same key. */
  function sent<T>(
    step: Step | undefined,
    method: 'POST' | 'PUT',
    path: string,
    body?: Uint8Array,
    type = 'application/json',
  ): Promise<T> {
    const key = method === 'POST' ? { 'datong-idempotency-key': randomUUID() } : {};
    const headers = { 'content-type': type, ...key };
    const input = {
      method,
      path,
      headers,
      receipt: 'optional',
      ...(body === undefined ? {} : { body }),
    } as const;
    return answered(step, async () => (await client.call(input)).json as T);
  }
  const posted = <T>(step: Step | undefined, path: string, value: unknown): Promise<T> =>
    sent(step, 'POST', path, Buffer.from(JSON.stringify(value)));

  async function digestOf(id: string): Promise<string> {
    const pieces: Uint8Array[] = [];
    for await (const piece of reader.attachments.bytes(dataset, id, context)) pieces.push(piece);
    return sha256(Buffer.concat(pieces));
  }

  /** Uploads a file, names it in a row, and downloads it under the agreement. */
  async function exchange(report: string, size: number): Promise<void> {
    const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(size), Buffer.from('\n%%EOF\n')]);
    const opening = { field: 'papers', name: `${randomUUID()}.pdf`, mediaType: 'application/pdf' };
    const begunIn = process_;
    const { attachment } = await posted<Attachment>('opening', `/v1/datasets/${dataset}/attachments`, {
      ...opening,
      bytes: bytes.length,
      sha256: sha256(bytes),
    });
    for (let at = 0; at < bytes.length; at += partBytes) {
      const part = bytes.subarray(at, at + partBytes);
      await sent(
        'part',
        'PUT',
        `/v1/attachments/${attachment}/parts/${at}`,
        part,
        'application/octet-stream',
      );
    }
    await sent('end', 'POST', `/v1/attachments/${attachment}/finish`);
    if (process_ !== begunIn) continued += 1;
    const row = { report_id: report, district: 'east', papers: [attachment] };
    await posted(undefined, `/v1/datasets/${dataset}/rows`, [row]);
    const former = named.get(report);
    named.set(report, [attachment, sha256(bytes)]);
    assert.equal(await answered('download', () => digestOf(attachment)), sha256(bytes), report);
    if (former === undefined) return;
    // each row replaces its file: the former one is swept
    const [id] = former;
    replaced.add(id);
    await ageAttachments(database, id);
    await database.owner.query("UPDATE job SET due = now() WHERE name = 'sweepAttachments'");
  }

  async function send(sender: number, until: AbortSignal): Promise<void> {
    for (let nth = 0; !until.aborted; nth += 1)
      await exchange(`${sender}-${nth % 3}`, nth % 5 === 0 ? partBytes + 1000 : 40_000);
  }

  /** number of the run of the sweep before the process that serves now */
  let formerSweep = await sweepIsDue();

  /**
   * The lease of the killed process would delay the sweep by ten minutes. It is due before the next process starts: one that has found it
   * leased, or not due, asks again after more than a minute. @returns number of the last run
   */
  async function sweepIsDue(): Promise<string | undefined> {
    await database.owner.query(
      "UPDATE job SET due = now(), lease_until = now() - interval '1 second' WHERE name = 'sweepAttachments'",
    );
    return lastSweep();
  }

  /** Waits for a run of the sweep in this process; on a busy machine it may begin and end between two queries. */
  async function sweepBegins(): Promise<void> {
    const begun = performance.now();
    while (performance.now() - begun < patienceMs) {
      if ((await lastSweep()) !== formerSweep) return;
      await sleep(3);
    }
    assert.fail('no sweep began');
  }

  async function lastSweep(): Promise<string | undefined> {
    const { rows } = await database.owner.query<{ fencing: string }>(
      "SELECT fencing FROM job WHERE name = 'sweepAttachments'",
    );
    return rows[0]?.fencing;
  }

  /** Waits for a moment of a step. */
  async function momentOf(step: Step): Promise<void> {
    if (step === 'sweep') {
      await sweepBegins();
      await sleep(random.int(sweepMs));
      return;
    }
    const usual = [...(durations.get(step) ?? [100])].sort((a, b) => a - b);
    const moment = random.int(Math.ceil(usual[Math.floor(usual.length / 2)] ?? 0) + 1);
    await new Promise<void>((begins) => waiting.set(step, begins));
    waiting.delete(step);
    await sleep(moment);
  }

  async function checkBytes(t: TestContext): Promise<void> {
    for (const [report, [id, digest]] of named) assert.equal(await digestOf(id), digest, report);
    const { rows } = await database.owner.query<{ id: string; upload: string; bytes: number }>(
      "SELECT id, upload, bytes::float8 AS bytes FROM attachment WHERE state = 'ready' AND storage = $1",
      [storage],
    );
    assert.ok(rows.length >= named.size, `${rows.length} records`);
    for (const { bytes, ...one } of rows) {
      let found = 0;
      const pieces = storages.named(storage).read(one, 0, Math.ceil(bytes / pieceBytes));
      for await (const piece of pieces) found += piece.length;
      assert.equal(found, sealedSize(bytes), one.id);
    }
    const { rows: left } = await database.owner.query('SELECT FROM attachment WHERE id = ANY($1)', [
      [...replaced],
    ]);
    const swept = replaced.size - left.length;
    assert.ok(
      calls > kills && swept > 0 && continued > 0,
      `${calls} calls, ${swept} swept, ${continued} continued`,
    );
    t.diagnostic(
      `${calls} calls, ${named.size} rows with files, ${rows.length} records with all bytes, ${swept} files swept, ${continued} uploads continued in another process`,
    );
  }

  /** Sweeps as in eight days, and compares the objects with the records. */
  async function checkObjects(t: TestContext): Promise<void> {
    const { listed } = storages;
    if (listed?.list === undefined) return;
    const acts: unknown[] = [];
    const { failures } = await sweepStoredObjects({ database, attachments: storages }).run({
      now: () => database.now() + 8 * 86_400_000,
      state: null,
      signal: new AbortController().signal,
      act: ({ change }) => Promise.resolve({ exchange: String(acts.push(change)) }),
    });
    assert.deepEqual(failures ?? [], []);
    const { objects } = await listed.list(undefined);
    const { rows } = await database.owner.query<{ id: string }>('SELECT id FROM attachment');
    const records = new Set(rows.map(({ id }) => id));
    // the marker of the bucket is no attachment
    const unknown = objects.filter(({ id }) => id !== 'hub' && !records.has(id));
    assert.deepEqual(unknown, [], 'objects without a record');
    t.diagnostic(
      `${objects.length - 1} objects, all with records; removed without a record: ${JSON.stringify(acts)}`,
    );
  }

  await test(`killed ${kills} times while files in the ${place} are uploaded, read and swept: no record points to bytes that are not there`, async (t) => {
    let hub = await serve();
    t.after(() => void hub.kill('SIGKILL'));
    const ends = new AbortController();
    const sending = Promise.all(Array.from({ length: senders }, (_, sender) => send(sender, ends.signal)));
    sending.catch(() => undefined);
    const killed = new Map<Step, number>();
    for (let i = 0; i < kills; i += 1) {
      const step = steps[i % steps.length] ?? 'part';
      const late = sleep(patienceMs, undefined, { ref: false }).then(() => assert.fail(`no ${step} began`));
      // a sender that fails ends the test
      await Promise.race([momentOf(step), late, sending]);
      await killHub(hub);
      killed.set(step, (killed.get(step) ?? 0) + 1);
      formerSweep = await sweepIsDue();
      hub = await serve();
      process_ += 1;
    }
    await sleep(3_000);
    ends.abort();
    await sending;
    await checkBytes(t);
    await checkObjects(t);
    // uploads go on
    await exchange('after', partBytes + 1000);
    t.diagnostic(`kills: ${[...killed].map(([step, times]) => `${step} ${times}`).join(', ')}`);
  });
}
