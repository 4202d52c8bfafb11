/**
 * A hub is killed (SIGKILL) at random moments while four senders upload files and name them in rows, and the sweep runs, KILLS times. A sender
 * that gets no answer repeats its call. In the end each file that a row names is downloaded whole: no record points to bytes that are not
 * there. ATTACK_SEED sets the moments. Run by itself, without the time limit of the runner.
 */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../clients/cli/demo/files/invented.ts';
import type { Attachment } from '../../clients/sdk/attachments.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { testDatabase } from '../database.ts';
import { ageAttachments, sha256 } from '../flows/intakeCalls.ts';
import { sampleCity, testHub } from '../hub.ts';
import { hubAgain, killHub } from './hubAgain.ts';

const kills = Number(process.env['KILLS'] ?? 30);
const random = seededRandom(Number(process.env['ATTACK_SEED'] ?? 20261127));
const senders = 4;
const dataset = 'ecology.odour-reports';
const partBytes = 8 * 1024 * 1024;

const database = await testDatabase({ connections: 20 });
const made = await testHub({ database });
after(() => made.stop());
const city = await sampleCity(made);
await city.apply('odour-reports/dataset.yaml');
await city.apply('odour-reports/agreement.yaml', [city.education, city.ecology]);
const { client } = city.ecology;
const serve = await hubAgain(made, database);

/** digest of each file that a row names */
const named = new Map<string, string>();
/** files that no row names any more */
const replaced = new Set<string>();
let calls = 0;

/** Repeats a call until it is answered, with the same key. */
async function answered<T>(
  method: 'POST' | 'PUT',
  path: string,
  body: Uint8Array | undefined,
  type: string,
): Promise<T> {
  const headers = {
    'content-type': type,
    ...(method === 'POST' ? { 'datong-idempotency-key': randomUUID() } : {}),
  };
  for (;;) {
    try {
      const { json } = await client.call({
        method,
        path,
        headers,
        receipt: 'optional',
        ...(body === undefined ? {} : { body }),
      });
      calls += 1;
      return json as T;
    } catch (error) {
      if (error instanceof DatongProblem && error.status < 500) throw error;
      await sleep(20);
    }
  }
}
const posted = <T>(path: string, value: unknown): Promise<T> =>
  answered('POST', path, Buffer.from(JSON.stringify(value)), 'application/json');

async function send(sender: number, until: AbortSignal): Promise<void> {
  for (let nth = 0; !until.aborted; nth += 1) {
    const size = nth % 5 === 0 ? partBytes + 1000 : 40_000;
    const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(size), Buffer.from('\n%%EOF\n')]);
    const opening = { field: 'papers', name: `${sender}-${nth}.pdf`, mediaType: 'application/pdf' };
    const { attachment } = await posted<Attachment>(`/v1/datasets/${dataset}/attachments`, {
      ...opening,
      bytes: bytes.length,
      sha256: sha256(bytes),
    });
    for (let at = 0; at < bytes.length; at += partBytes)
      await answered(
        'PUT',
        `/v1/attachments/${attachment}/parts/${at}`,
        bytes.subarray(at, at + partBytes),
        'application/octet-stream',
      );
    await answered('POST', `/v1/attachments/${attachment}/finish`, undefined, 'application/json');
    // each row replaces its file: the former one is swept
    const report = `${sender}-${nth % 3}`;
    await posted(`/v1/datasets/${dataset}/rows`, [
      { report_id: report, district: 'east', papers: [attachment] },
    ]);
    const former = named.get(report)?.slice(0, 36);
    named.set(report, `${attachment} ${sha256(bytes)}`);
    if (former === undefined) continue;
    replaced.add(former);
    await ageAttachments(database, former);
    await database.owner.query("UPDATE job SET due = now() WHERE name = 'sweepAttachments'");
  }
}

test(`killed ${kills} times while files are uploaded and swept: no record points to bytes that are not there`, async (t) => {
  let hub = await serve();
  t.after(() => void hub.kill('SIGKILL'));
  const ends = new AbortController();
  const sending = Array.from({ length: senders }, (_, sender) => send(sender, ends.signal));
  for (let i = 0; i < kills; i += 1) {
    const until = calls + 3 + random.int(20);
    while (calls < until) await sleep(5);
    await sleep(random.int(60));
    await killHub(hub);
    hub = await serve();
    // the lease of the killed process would delay the sweep by ten minutes
    await database.owner.query(
      "UPDATE job SET due = now(), lease_until = now() - interval '1 second' WHERE name = 'sweepAttachments'",
    );
  }
  await sleep(3_000);
  ends.abort();
  await Promise.all(sending);
  for (const [report, one] of named) {
    const [id = '', digest] = one.split(' ');
    const pieces: Uint8Array[] = [];
    const context = { purpose: 'environment-study', agreement: 'agr-odour-reports' };
    for await (const piece of city.education.client.attachments.bytes(dataset, id, context))
      pieces.push(piece);
    assert.equal(sha256(Buffer.concat(pieces)), digest, report);
  }
  const { rows } = await database.owner.query<{ id: string }>(
    `SELECT id FROM attachment WHERE state = 'ready'
        AND ceil(bytes / 262144.0) <> (SELECT count(*) FROM attachment_piece WHERE attachment = id)`,
  );
  assert.deepEqual(rows, [], 'records whose pieces are not all there');
  const { rows: left } = await database.owner.query('SELECT FROM attachment WHERE id = ANY($1)', [
    [...replaced],
  ]);
  const swept = replaced.size - left.length;
  assert.ok(named.size > 0 && calls > kills && swept > 0, `${calls} calls, ${swept} swept`);
  t.diagnostic(`${calls} calls, ${named.size} rows with files, ${swept} files swept`);
});
