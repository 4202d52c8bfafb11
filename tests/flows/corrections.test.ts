/** Corrections: the mended rows of a batch come in alone, and are published together with its good ones, at once or not at all. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { registerMapping } from '../../hub/features/registry/operations/registerMapping.ts';
import { insertMapping } from '../../hub/registry/store/mappings.ts';
import { digestOf } from '../../hub/features/registry/operations/registration.ts';
import { withTransaction } from '../../hub/platform/database/transaction.ts';
import { samples } from '../hub.ts';
import { post, sha256, tables, reported, uploaded } from './intakeCalls.ts';
import { defined } from '../../terms/defined.ts';
import type { Problem } from '../../terms/problem.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({}, { connections: 8 });
const { client } = city.publicSecurity;
const steward = await hub.token('han', ['steward'], 'pub-security');

async function dataset(name: string, mode: 'snapshot' | 'upsert' = 'snapshot'): Promise<string> {
  const id = `pub-security.${name}`;
  const title = { zh: name, en: name };
  const body = { id, title, schema: 'urn:datong:household:1.0', mode, sharing: { type: 'none' } };
  assert.equal((await hub.staff(city.operator, 'POST', '/v1/datasets', body)).status, 201);
  const sample = readDocuments(resolve(samples, 'household/dataset.yaml')).find(
    ({ kind }) => kind === 'Mapping',
  );
  const document = {
    ...(sample?.members['document'] as object),
    mapping: `pub-security/${name}@1`,
    limits: { maxBad: 5 },
  };
  const path = `/v1/datasets/${id}/mappings`;
  assert.equal((await hub.staff(steward, 'POST', path, { document })).status, 201);
  return id;
}

/** Lines of a file without bad rows, the header first. Files of other seeds have other people. */
function goodLines(rows: number, seed: number): string[] {
  const good = new Set(householdFile(rows, seed).good.map(({ id }) => id));
  const [header = '', ...lines] = linesOf(householdFile(rows, seed).bytes);
  const seen = new Set<string>();
  const retained = lines.filter((line) => {
    const id = line.slice(0, 18);
    const first = good.has(id) && !seen.has(id) && line.split(',').length >= 12;
    seen.add(id);
    return first;
  });
  return [header, ...retained];
}
const linesOf = (bytes: Uint8Array): string[] => Buffer.from(bytes).toString('latin1').split(/\r?\n/);
const bytesOf = (lines: readonly string[]): Uint8Array => Buffer.from(lines.join('\n'), 'latin1');
/** So many of the rows cannot be read. */
const spoilt = (lines: readonly string[], count: number): Uint8Array =>
  bytesOf(lines.map((line, i) => (i > 0 && i <= count ? 'x,y' : line)));

async function sent(
  id: string,
  bytes: Uint8Array,
  corrects?: string,
): Promise<readonly [batch: string, code: string]> {
  const batch = await uploaded(client, id, bytes);
  return [batch, await committed(id, batch, bytes, corrects)];
}
const committed = (id: string, batch: string, bytes: Uint8Array, corrects?: string): Promise<string> =>
  reported(
    post(client, `/v1/batches/${batch}/commit`, {
      sha256: sha256(bytes),
      bytes: bytes.length,
      mapping: id.slice(id.indexOf('.') + 1),
      ...defined({ corrects }),
    }),
  );
const shown = async (batch: string): Promise<Record<string, unknown>> =>
  (await hub.staff(steward, 'GET', `/v1/batches/${batch}`)).json;
const people = async (batch: string): Promise<readonly string[]> => {
  const { rows } = await database.owner.query<{ id: string }>(
    `SELECT f_person_id AS id FROM rows.b_${batch.replaceAll('-', '')} ORDER BY _row`,
  );
  return rows.map(({ id }) => id);
};
const idsOf = (lines: readonly string[]): string[] => lines.slice(1).map((line) => line.slice(0, 18));

test('of a published batch only the bad rows come again; good and mended ones are one new version', async () => {
  const id = await dataset('published');
  const lines = goodLines(300, 1);
  const [first, ok] = await sent(id, spoilt(lines, 4));
  assert.equal(ok, '200');
  // as they came back: the same columns and one more, 错误
  const [header = '', ...rows] = lines.slice(0, 5);
  const mended = [`${header.trimEnd()},\xb4\xed\xce\xf3`, ...rows.map((line) => `${line.trimEnd()},`)];
  const [second, again] = await sent(id, bytesOf(mended), first);
  assert.equal(again, '200');
  const { counts, corrects, state } = await shown(second);
  const all = lines.length - 1;
  assert.deepEqual(
    [state, corrects, counts],
    ['published', first, { records: all, rows: all, bad: 0, skipped: 0 }],
  );
  assert.deepEqual([...(await people(second))].sort(), idsOf(lines).sort());
  assert.equal(new Set(await people(second)).size, all);
  assert.equal((await shown(first))['state'], 'superseded');
  const { rows: numbers } = await database.owner.query(
    `SELECT 1 FROM rows.b_${second.replaceAll('-', '')} GROUP BY _row HAVING count(*) > 1`,
  );
  assert.deepEqual(numbers, [], 'every row has a number of its own');
});

test('a held batch comes out with its mended rows, and never without them', async () => {
  const id = await dataset('held');
  const lines = goodLines(300, 2);
  const [first, code] = await sent(id, spoilt(lines, 30));
  assert.equal(code, 'too_many_bad_rows');
  const [second, still] = await sent(id, spoilt(lines.slice(0, 31), 10), first);
  assert.equal(still, 'too_many_bad_rows', 'the mended file is held to the same limits');
  assert.deepEqual([(await shown(first))['state'], (await shown(second))['state']], ['held', 'held']);
  const [third, ok] = await sent(id, bytesOf(lines.slice(0, 11)), second);
  assert.equal(ok, '200');
  assert.deepEqual([...(await people(third))].sort(), idsOf(lines).sort(), 'good, mended, and mended again');
  assert.equal((await shown(second))['state'], 'superseded');
  assert.equal((await shown(first))['state'], 'dropped');
});

test('a mended row takes the place of the row with its key', async () => {
  const id = await dataset('keys');
  const lines = goodLines(300, 3);
  const [first] = await sent(id, bytesOf(lines));
  const moved = (lines[7] ?? '').replace(/H\d+/, 'H999999');
  const [second, ok] = await sent(id, bytesOf([lines[0] ?? '', moved]), first);
  assert.equal(ok, '200');
  assert.equal((await people(second)).length, lines.length - 1);
});

test('what another batch came over cannot be corrected any more, be it before or while the mended rows wait', async () => {
  const id = await dataset('overtaken');
  const lines = goodLines(300, 4);
  const [first] = await sent(id, spoilt(lines, 4));
  const whole = bytesOf(goodLines(310, 5));
  const later = await uploaded(client, id, whole); // opened now, committed last
  const [held, code] = await sent(id, spoilt(goodLines(300, 6), 20), first);
  assert.equal(code, 'too_many_bad_rows');
  assert.equal(await committed(id, later, whole), '200');
  const { json } = await hub.staff(steward, 'POST', `/v1/batches/${held}/release`, { reason: 'mended' });
  assert.equal(json['code'], 'batch_not_correctable', JSON.stringify(json));
  assert.equal((await sent(id, bytesOf(lines.slice(0, 5)), first))[1], 'batch_not_correctable');
  assert.equal((await sent(await dataset('other'), bytesOf(lines.slice(0, 5)), later))[1], 'batch_unknown');
});

test('what is merged by key is corrected by the mended rows alone; a held one comes whole', async () => {
  const id = await dataset('merged', 'upsert');
  const lines = goodLines(300, 7);
  const [first] = await sent(id, spoilt(lines, 4));
  const [second, ok] = await sent(id, bytesOf(lines.slice(0, 5)), first);
  assert.deepEqual(
    [ok, (await shown(second))['counts']],
    ['200', { records: 4, rows: 4, bad: 0, skipped: 0 }],
  );
  const others = goodLines(300, 8);
  const [held] = await sent(id, spoilt(others, 20));
  const [last, done] = await sent(id, bytesOf(others.slice(0, 21)), held);
  const counts = (await shown(last))['counts'] as { readonly rows: number };
  assert.deepEqual([done, counts.rows], ['200', others.length - 1]);
});

test('a row is traced to its batch, its line and the mapping that read it, also through a correction', async () => {
  const id = await dataset('traced');
  const lines = goodLines(300, 9);
  const [first] = await sent(id, spoilt(lines, 4));
  const [second] = await sent(id, bytesOf(lines.slice(0, 5)), first);
  const trace = (person_id: unknown, by = client): Promise<unknown> =>
    post(by, `/v1/datasets/${id}/rows/origin`, { key: { person_id } }).then(
      ({ json }) => json,
      (error: unknown) => (error as { readonly code: string }).code,
    );
  const keyOf = (line: number): string => (lines[line - 1] ?? '').slice(0, 18);
  const { sentAt, sha256: digest, ...mended } = (await trace(keyOf(3))) as Record<string, unknown>;
  const [mapping, schema] = ['traced@1', 'urn:datong:household:1.0'];
  assert.deepEqual(mended, { batch: second, line: 3, mapping, schema });
  assert.equal(digest, sha256(bytesOf(lines.slice(0, 5))));
  assert.ok(Date.parse(String(sentAt)) > 0);
  const retained = (await trace(keyOf(200))) as Record<string, unknown>;
  assert.deepEqual([retained['batch'], retained['line']], [first, 200]);
  assert.equal(await trace('330106199001010000'), 'row_unknown');
  assert.equal(await trace(7), 'key_unfit');
  assert.equal(await trace(keyOf(200), city.education.client), 'not_the_provider');
  // where its mapping cannot be read, the batch is named, and not the corrected one, which may have an earlier row with this key
  const mappings = hub.hub.services.registry.current.datasets.get(id)?.mappings as Map<string, unknown>;
  const compiled = mappings.get(mapping);
  mappings.delete(mapping);
  const unread = (await trace(keyOf(200))) as Record<string, unknown>;
  assert.deepEqual([unread['batch'], unread['line']], [second, undefined]);
  mappings.set(mapping, compiled);
  // without its bytes the batch is named, and no line
  const without = async (batch: string, key: string): Promise<unknown[]> => {
    await database.owner.query('DELETE FROM batch_part WHERE batch = $1', [batch]);
    const found = (await trace(key)) as Record<string, unknown>;
    return [found['code'], found['batch'], found['line'], found['mapping']];
  };
  assert.deepEqual(await without(first, keyOf(200)), [undefined, first, undefined, mapping]);
  assert.deepEqual(await without(second, keyOf(3)), [undefined, second, undefined, mapping]);
  assert.deepEqual(await without(second, keyOf(200)), [undefined, second, undefined, mapping]);
});

test('a new version of a mapping is tried over stored bytes: what would come of them, and how it differs', async () => {
  const id = await dataset('tried');
  const lines = goodLines(200, 10);
  const [first] = await sent(id, spoilt(lines, 2));
  const sample = readDocuments(resolve(samples, 'household/dataset.yaml')).find(
    ({ kind }) => kind === 'Mapping',
  );
  const old = sample?.members['document'] as { readonly fields: object };
  const document = {
    ...old,
    mapping: 'pub-security/tried@2',
    skipIf: [{ from: '公民身份号码', is: (lines[9] ?? '').slice(0, 18) }],
    fields: { ...old.fields, address: { from: '住址', slice: [0, 3] }, mobile: { const: null } },
  };
  const attempt = (body: object, by = client): Promise<Record<string, unknown>> =>
    post(by, `/v1/datasets/${id}/mapping-trials`, body).then(
      ({ json }) => json as Record<string, unknown>,
      (error: unknown) => ({ code: (error as { readonly code: string }).code }),
    );
  const before = await tables(database);
  const { counts, difference, problems, over } = await attempt({ document });
  const [rows, retained] = [lines.length - 1, lines.length - 1 - 2 - 1];
  assert.deepEqual(counts, { records: rows, rows: retained, bad: 2, skipped: 1 });
  const { added, removed, changed, fields } = difference as Record<string, unknown>;
  assert.deepEqual([added, removed, changed], [0, 1, retained]);
  assert.equal((fields as Record<string, number>)['address'], retained);
  assert.deepEqual(Object.keys(fields as object).sort(), ['address', 'mobile']);
  assert.deepEqual(over, 'maxBadRatio');
  const [problem] = problems as readonly Record<string, unknown>[];
  assert.deepEqual([problem?.['rule'], problem?.['count'], problem?.['lines']], ['csv.ragged', 2, [2, 3]]);
  assert.deepEqual(await tables(database), before, 'nothing of it stays');
  assert.equal((await shown(first))['state'], 'published');
  assert.equal((await attempt({ document: { ...document, fields: {} } }))['code'], 'mapping_invalid');
  assert.equal((await attempt({ document }, city.education.client))['code'], 'not_the_provider');
  await database.owner.query('DELETE FROM batch_part WHERE batch = $1', [first]);
  assert.equal((await attempt({ document, batch: first }))['code'], 'raw_bytes_gone');
});

test('a mapping is tried over a correction: its rows are compared with the current ones, the others are not removed', async () => {
  const id = await dataset('tried-again');
  const lines = goodLines(300, 14);
  const [first] = await sent(id, spoilt(lines, 4));
  await sent(id, bytesOf(lines.slice(0, 5)), first);
  const sample = readDocuments(resolve(samples, 'household/dataset.yaml')).find(
    ({ kind }) => kind === 'Mapping',
  );
  const old = sample?.members['document'] as { readonly fields: object };
  const fields = { ...old.fields, mobile: { const: null } };
  const document = { ...old, fields, mapping: 'pub-security/tried-again@2' };
  const { json } = await post(client, `/v1/datasets/${id}/mapping-trials`, { document });
  const { counts, difference } = json as Record<string, Record<string, unknown>>;
  assert.deepEqual(counts, { records: 4, rows: 4, bad: 0, skipped: 0 });
  const { added, removed, changed } = difference ?? {};
  assert.deepEqual([added, removed, Number(changed) > 0], [0, 0, true]);
});

test('a mapping of an earlier release with a word without an effect: a proposal of it is not accepted, and a registered one is tried as it reads', async () => {
  const id = await dataset('earlier');
  const [first] = await sent(id, bytesOf(goodLines(50, 13)));
  const sample = readDocuments(resolve(samples, 'household/dataset.yaml')).find(
    ({ kind }) => kind === 'Mapping',
  );
  const old = sample?.members['document'] as { readonly fields: object };
  const fields = { ...old.fields, mobile: { const: null, trim: true } };
  const document = { ...old, mapping: 'pub-security/earlier@2', fields };
  const { rows: persons } = await database.app.query<{ id: string }>('SELECT id FROM person LIMIT 2');
  const [author = '', second = ''] = persons.map((person) => person.id);
  const registers = (approver: string | null) =>
    registerMapping.register(
      { params: { dataset: id }, body: { document }, exchange: randomUUID() } as never,
      hub.hub.services,
      { author, approver },
    );
  // a proposal that waits since before the upgrade is read again by the person who accepts it
  for (const approver of [null, second])
    await assert.rejects(registers(approver), ({ code, extras }: Problem) => {
      const [found] = extras.findings as readonly { readonly code: string; readonly path: string }[];
      assert.deepEqual(
        [code, found?.code, found?.path],
        ['mapping_invalid', 'mapping_unused', '/fields/mobile/trim'],
      );
      return true;
    });
  const trial = (changed: object) =>
    reported(post(client, `/v1/datasets/${id}/mapping-trials`, { document: changed, batch: first }));
  assert.equal(await trial(document), 'mapping_invalid');
  const earlier = { dataset: id, name: 'pub-security/earlier', version: 2 };
  await withTransaction(database.app, (transaction) =>
    insertMapping(
      transaction,
      { ...earlier, document: JSON.stringify(document), digest: digestOf(document) },
      { author, approver: second },
      randomUUID(),
    ),
  );
  await dataset('after-it');
  assert.equal(await trial(document), '200');
  assert.equal(await trial({ ...document, limits: { maxBad: 7 } }), 'mapping_invalid');
});

test('a correction that leaves bad rows out says how many', async () => {
  for (const [mode, seed] of [
    ['snapshot', 11],
    ['upsert', 12],
  ] as const) {
    const id = await dataset(`short-${mode}`, mode);
    const lines = goodLines(300, seed);
    const [first] = await sent(id, spoilt(lines, 4));
    const [second, ok] = await sent(id, bytesOf(lines.slice(0, 2)), first);
    const found = ((await shown(second))['findings'] ?? []) as readonly Record<string, unknown>[];
    assert.deepEqual(
      [ok, found.map(({ code, severity, facts }) => [code, severity, facts])],
      ['200', [['batch_correction_short', 'warn', { rows: 3, bad: 4, batch: first }]]],
      mode,
    );
  }
});
