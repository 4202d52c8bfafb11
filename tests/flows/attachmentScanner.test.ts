/** Attachments are scanned by clamd, where one is configured. The scanner of this test speaks its INSTREAM protocol. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { scanContent } from '../../hub/flows/attachments/scanContent.ts';
import { Problem } from '../../terms/problem.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';
import { reported, sha256 } from './intakeCalls.ts';

let works = true;
/** answers and closes after the first bytes, as clamd does over its size limit */
let isEarly = false;
const scanned: string[] = [];
/** Finds the word EICAR, in the bytes of the whole stream. */
const clamd = createServer((socket) => {
  let bytes = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    if (isEarly) {
      socket.end('INSTREAM size limit exceeded. ERROR\0');
      socket.destroySoon();
      return;
    }
    bytes = Buffer.concat([bytes, chunk]);
    const command = 'zINSTREAM\0';
    if (!bytes.subarray(0, command.length).equals(Buffer.from(command, 'latin1'))) return;
    const content: Buffer[] = [];
    for (let at = command.length; at + 4 <= bytes.length;) {
      const length = bytes.readUInt32BE(at);
      at += 4;
      if (length === 0) {
        const whole = Buffer.concat(content);
        scanned.push(sha256(whole));
        const found = whole.includes('EICAR') ? 'Eicar-Test-Signature FOUND' : 'OK';
        socket.end(works ? `stream: ${found}\0` : 'INSTREAM size limit exceeded. ERROR\0');
        return;
      }
      content.push(bytes.subarray(at, at + length));
      at += length;
    }
  });
});
clamd.listen(0, '127.0.0.1');
await once(clamd, 'listening');
const { port } = clamd.address() as AddressInfo;
const database = await testDatabase();
const hub = await testHub({
  database,
  jobsByTime: false,
  config: { scanner: { host: '127.0.0.1', port } },
});
after(async () => {
  await hub.stop();
  clamd.close();
});
const { client } = await sampleCity(hub).then(async (city) => {
  await city.apply('odour-reports/dataset.yaml');
  return city.ecology;
});
const put = (bytes: Uint8Array) =>
  client.attachments.put('ecology.odour-reports', bytes, {
    field: 'papers',
    mediaType: 'application/pdf',
    name: `${sha256(bytes)}.pdf`,
  });
const pdf = (text: string): Buffer => Buffer.from(`%PDF-1.7\n${text.padEnd(700_000)}\n%%EOF\n`);

test('a clean file passes, and the scanner saw all of it', async () => {
  const bytes = pdf('clean');
  assert.equal((await put(bytes)).json.state, 'ready');
  assert.deepEqual(scanned, [sha256(bytes)]);
});

test('an infected file ends its upload', async () => {
  const infected = await put(pdf('EICAR')).then(
    () => assert.fail('it passed'),
    (error: unknown) => error as { readonly code: string },
  );
  assert.equal(infected.code, 'attachment_infected');
});

test('while the scanner does not answer nothing passes, and the upload can be finished later', async () => {
  works = false;
  const bytes = pdf('later');
  assert.equal(await reported(put(bytes)), 'scanner_unavailable');
  works = true;
  const { rows } = await database.app.query<{ id: string }>(
    "SELECT id FROM attachment WHERE state = 'receiving'",
  );
  const finish = { method: 'POST', path: `/v1/attachments/${rows[0]?.id ?? ''}/finish` } as const;
  assert.equal(await reported(client.call({ ...finish, receipt: 'required' })), '200');
});

test('a scanner that answers early and closes delays no other scan', { timeout: 60_000 }, async () => {
  isEarly = true;
  const large = (n: number): Buffer => Buffer.concat([pdf(`early ${n}`), Buffer.alloc(7_000_000, 32)]);
  // one more than may be scanned at once
  for (const n of [1, 2, 3]) assert.equal(await reported(put(large(n))), 'scanner_unavailable');
  isEarly = false;
  assert.equal((await put(pdf('after'))).json.state, 'ready');
});

test('a failure of the storage is reported as such, not as one of the scanner', async () => {
  const lost = new Problem('attachment_bytes_missing');
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(pdf('some'));
    throw lost;
  };
  await assert.rejects(scanContent(chunks(), { host: '127.0.0.1', port }), lost);
});
