/** What holds of a log with a destroyed unit, asked as auditors do: evidence over it, and an older archive restored. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from 'node:test';
import { checkEvidence } from '../clients/cli/audit/evidence/checkEvidence.ts';
import { verifyLog } from '../clients/cli/audit/verifyLog.ts';
import { asLogin } from '../hub/platform/database/database.ts';
import type { Reader } from '../hub/platform/database/reader.ts';
import { mirrorTiles } from '../hub/features/log/jobs/mirrorTiles.ts';
import { destructionUnit } from '../log/destruction.ts';
import { openCheckpoint } from '../log/checkpoint.ts';
import { leafHash } from '../log/hash.ts';
import { parseVkey, type NoteVerifier } from '../log/note/noteKey.ts';
import { extentText } from '../log/pack/claims.ts';
import type { EvidenceFile } from '../log/pack/evidenceFile.ts';
import { verifyPack } from '../log/pack/verifyPack.ts';
import { parseLeaf } from '../log/parseLeaf.ts';
import { tilePath, tilesSince } from '../log/missing.ts';
import { extendByHashes } from '../log/tree/extendTree.ts';
import { emptyTree } from '../log/tree/growTree.ts';
import { configurationInFolder } from './adjacentConfiguration.ts';
import { emptyDatabase } from './database.ts';
import { runDatong, type Ran } from './datong.ts';
import { testHub, type TestHub } from './hub.ts';
import { newestLeaves } from './flows/leaves.ts';

/** Evidence over a range with the destroyed unit, asked for by its auditor. @param asked.unit index of its first entry, and entries of it @returns how it was explained */
export async function evidenceOverDestroyed(
  hub: TestHub,
  { auditor, unit, home }: { readonly auditor: string; readonly unit: number; readonly home: string },
): Promise<Ran> {
  const ask = async (question: object): Promise<string> => {
    const requested = { question, reason: 'review', case: 'SJ-2026-3' };
    const made = await hub.staff(auditor, 'POST', '/v1/log/evidence', requested);
    assert.equal(made.status, 201, JSON.stringify(made.json));
    return JSON.stringify(
      (await hub.staff(auditor, 'GET', `/v1/log/evidence/${String(made.json['id'])}`)).json,
    );
  };
  const keys = [parseVkey(hub.hub.keys.log.vkey)];
  // beyond the unit on both sides, and a few entries in the midst of it, of which none is there
  for (const [first, last] of [
    [unit - 3, 2 * unit + 2],
    [unit + 20, unit + 30],
  ]) {
    const text = await ask({ first, last, whole: true, kind: 'release' });
    const { findings, read } = checkEvidence(text, { keys });
    assert.deepEqual(findings, [], String(first));
    assert.ok(read);
    assert.deepEqual(
      [read.complete, read.destroyed.map((one) => [one.first, one.last])],
      ['range', [[unit, 2 * unit - 1]]],
    );
    const extent = extentText(read);
    assert.match(extent.en, /every entry from \d+ to \d+ that was not destroyed is here .* under the rules/);
    assert.match(extent.zh, /未销毁的全部在此.*按期限规则.*销毁，见第 \d+ 条/);
    assert.doesNotMatch(extent.zh, /条全部在此（/);
    // one of the remaining ones left out, or the entry that records the destruction: it is incomplete
    const file = JSON.parse(text) as EvidenceFile;
    for (const without of ['"resumeAgreement"', '"destroyEntries"']) {
      const entries = file.pack.entries.filter(({ leaf }) => !Buffer.from(leaf, 'base64').includes(without));
      const forged = JSON.stringify({ ...file, pack: { ...file.pack, entries } });
      assert.equal(
        checkEvidence(forged, { keys }).findings.some(({ code }) => code === 'evidence_incomplete'),
        true,
        without,
      );
    }
  }
  await searchOverDestroyed(ask, keys, unit);
  const file = join(home, 'evidence.json');
  await writeFile(file, await ask({ first: unit + 20, last: unit + 30 }));
  return runDatong(['audit', 'explain', file, '--key', hub.hub.keys.log.vkey]);
}

/** Evidence by a search alone claims nothing complete, and names all the same what was destroyed where answers may have been. */
async function searchOverDestroyed(
  ask: (question: object) => Promise<string>,
  keys: readonly NoteVerifier[],
  unit: number,
): Promise<void> {
  const reported = async (
    question: object,
  ): Promise<{ readonly text: string; readonly en: string; readonly zh: string }> => {
    const text = await ask(question);
    const { findings, read } = checkEvidence(text, { keys });
    assert.deepEqual([findings, read?.complete], [[], 'choice'], text.slice(0, 400));
    assert.ok(read);
    return { text, ...extentText(read) };
  };
  const search = await reported({ kind: 'release' });
  assert.match(
    search.en,
    /others are not here.* of the entries 1024–2047 were destroyed on .* under the rules .*, entry \d+, and whether any of those answered is not known/,
  );
  assert.match(
    search.zh,
    /第 1024–2047 条中的 \d+ 条已于 .*按期限规则（.*）销毁，见第 \d+ 条，其中有无符合所问的条目已不可知/,
  );
  // asked about what came later: nothing of the unit can have answered
  for (const later of [{ from: new Date().toISOString() }, { first: 2 * unit }])
    assert.doesNotMatch(
      (await reported({ kind: 'release', ...later })).en,
      /destroyed/,
      JSON.stringify(later),
    );
  // the entry that records it, taken out of the pack, is missed; one without a destruction names none
  const file = JSON.parse(search.text) as EvidenceFile;
  const entries = file.pack.entries.filter(
    ({ leaf }) => !Buffer.from(leaf, 'base64').includes('"destroyEntries"'),
  );
  const without = { ...file, pack: { ...file.pack, entries } };
  assert.deepEqual(
    checkEvidence(JSON.stringify(without), { keys }).findings.map(({ code }) => code),
    ['evidence_incomplete'],
  );
  const [other = 0] = file.chosen;
  const { findings, read } = checkEvidence(JSON.stringify({ ...file, telling: [other] }), { keys });
  assert.deepEqual(findings, []);
  assert.ok(read);
  assert.doesNotMatch(extentText(read).en, /destroyed/);
}

interface Restoring {
  readonly auditor: string;
  /** file of an archive from before anything was ordered */
  readonly archive: string;
  /** scratch */
  readonly home: string;
  /** the unit, indexes of what is left of it, and an exchange of which nothing is */
  readonly gone: { readonly unit: number; readonly left: readonly number[]; readonly exchange: string };
}

/** Stops the hub, restores the archive by its verb and starts a hub on what came back. */
export async function restoredWithout(
  hub: TestHub,
  { auditor, archive, home, gone }: Restoring,
): Promise<void> {
  await hub.hub.stop();
  const restored = await emptyDatabase();
  const ran = await runDatong([
    ...[
      'restore',
      archive,
      '--accept-older',
      '--config',
      await configurationInFolder(hub, restored.address, home),
    ],
  ]);
  assert.equal(ran.code, 0, ran.stderr);
  const there = () => placesIn(restored.app, gone.unit);
  assert.equal((await there()).length, gone.unit, 'the archive has them');
  const again = await testHub({
    database: restored,
    keysDir: hub.hub.config.keysDir,
    jobsByTime: false,
    config: { stateDir: hub.stateDir },
  });
  after(() => again.stop());
  assert.deepEqual(await there(), gone.left);
  const asking = async (method: string, path: string, body?: object) =>
    (await again.staff(auditor, method, path, body)).json;
  const found = await asking('POST', '/v1/log/searches', { exchange: gone.exchange });
  assert.deepEqual([found['entries'], typeof found['destroyed']], [[], 'object']);
  // the order is lost with what came after the archive: the operator's decision to continue from it takes its place
  const leaf = (await newestLeaves(restored, 20)).find(({ operation }) => operation === 'destroyEntries');
  const accepted = (await newestLeaves(restored, 20)).find(
    ({ operation }) => operation === 'acceptOlderDatabase',
  );
  assert.deepEqual([leaf?.change?.['order'], typeof leaf?.change?.['replays']], [accepted?.id, 'string']);
  assert.deepEqual((await verifyLog({ ask: asking }, [parseVkey(hub.hub.keys.log.vkey)], [])).findings, []);
  for (const name of ['deriveTiles', 'readEntries', 'reverifyLog'])
    assert.equal(await again.hub.runner.run(name), 'ok', name);
  assert.deepEqual((await asking('GET', '/v1/log/findings'))['findings'], []);
}

/** Makes or carries on a mirror of the log, as its job does. */
export async function mirrorInto({ hub }: TestHub, folder: string): Promise<void> {
  const { database, audit, keys } = hub;
  await mirrorTiles({ database, audit, keys }, folder).run({
    now: () => database.now(),
    state: null,
    signal: new AbortController().signal,
    act: () => assert.fail('a mirror changes nothing'),
  });
}

/**
 * An outsider's check of a mirror, from its files alone: the leaf hashes lead to the signed root, upper tiles follow from lower ones, and an older
 * checkpoint is a beginning of it. @returns leaf hashes by index
 */
function mirrorHolds(hub: TestHub, folder: string, older: string): readonly Uint8Array[] {
  const key = [parseVkey(hub.hub.keys.log.vkey)];
  const { size, root } = openCheckpoint(readFileSync(join(folder, 'checkpoint'), 'utf8'), key);
  const levels: Uint8Array[][] = [];
  for (const { level, index, hashes } of tilesSince(0, { size })) {
    const bytes = readFileSync(join(folder, tilePath(level, index, hashes === 256 ? undefined : hashes)));
    assert.equal(bytes.length, hashes * 32);
    const tile = Array.from({ length: hashes }, (_, at) => bytes.subarray(at * 32, at * 32 + 32));
    (levels[level] ??= []).push(...tile);
  }
  const rootOver = (hashes: readonly Uint8Array[]): Buffer =>
    Buffer.from(extendByHashes(emptyTree, hashes).root);
  const [leaves = [], ...upper] = levels;
  assert.deepEqual(rootOver(leaves), Buffer.from(root));
  for (const [level, hashes] of upper.entries())
    for (const [at, hash] of hashes.entries())
      assert.deepEqual(
        rootOver((levels[level] ?? []).slice(at * 256, at * 256 + 256)),
        Buffer.from(hash),
        `tile of level ${level + 1}, ${at}`,
      );
  const stored = openCheckpoint(older, key);
  assert.ok(stored.size < size);
  assert.deepEqual(rootOver(leaves.slice(0, stored.size)), Buffer.from(stored.root));
  return leaves;
}

/** Leaf hashes of three mirrors. @param home with a mirror `followed` from before the destruction */
export async function mirrorsPastDestroyed(
  hub: TestHub,
  home: string,
): Promise<Readonly<Record<'followed' | 'anew' | 'holed', readonly Uint8Array[]>>> {
  const older = readFileSync(join(home, 'followed', 'checkpoint'), 'utf8');
  const made = async (name: string): Promise<readonly Uint8Array[]> => {
    await mirrorInto(hub, join(home, name));
    return mirrorHolds(hub, join(home, name), older);
  };
  const [followed, anew] = [await made('followed'), await made('anew')];
  // without the remaining hashes there is a gap: the mirror waits, and never reports another tree
  const asAdministrator = (sql: string): Promise<unknown> =>
    asLogin(hub.hub.database.address, (login) => login.query(sql));
  await asAdministrator(
    'CREATE TABLE tiles AS SELECT * FROM audit_tile WHERE level = 0 AND n = 5; DELETE FROM audit_tile WHERE level = 0 AND n = 5',
  );
  await mirrorInto(hub, join(home, 'holed'));
  assert.equal(existsSync(join(home, 'holed', 'checkpoint')), false);
  await asAdministrator('INSERT INTO audit_tile SELECT * FROM tiles; DROP TABLE tiles');
  return { followed, anew, holed: await made('holed') };
}

/** Indexes of the entries of a unit that are there, ascending. */
export async function placesIn(reader: Reader, unit: number): Promise<readonly number[]> {
  const { rows } = await reader.query<{ index: number }>(
    'SELECT idx::int AS index FROM audit_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx',
    [unit, unit + destructionUnit],
  );
  return rows.map(({ index }) => index);
}

/** Puts entries of a unit back from the file that they were taken out to, as an archive from between order and destruction has them. */
export async function putBackDestroyed(
  { hub }: TestHub,
  file: string,
  left: readonly number[],
): Promise<void> {
  const { entries } = verifyPack(readFileSync(file, 'utf8'), { keys: [parseVkey(hub.keys.log.vkey)] });
  const back = entries.filter(({ index }) => !left.includes(index));
  const leaves = back.map(({ bytes }) => parseLeaf(bytes));
  await asLogin(hub.database.address, async (login) => {
    await login.query("SET session_replication_role = 'replica'");
    await login.query(
      `INSERT INTO audit_entry (idx, at, id, decision, leaf, hash)
       SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::uuid[], $4::text[], $5::bytea[], $6::bytea[])`,
      [
        ...[back.map(({ index }) => index), leaves.map(({ at }) => at), leaves.map(({ id }) => id)],
        ...[leaves.map(({ decision }) => decision), back.map(({ bytes }) => Buffer.from(bytes))],
        back.map(({ bytes }) => Buffer.from(leafHash(bytes))),
      ],
    );
    await login.query('DELETE FROM entry_destruction; DELETE FROM destroyed_exchange');
  });
}
