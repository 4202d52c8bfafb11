/**
 * Evidence, packs and stored exchanges as a stranger may submit them: bytes flipped, cut, doubled, files missing, swapped, made folders, JSON
 * of another shape. Whatever it is, `datong audit verify` ends in findings or in a sentence, and never says that it holds.
 * ATTACK_SEED and ATTACK_MUTATIONS set from where and how many.
 */
import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { verifyFiles } from '../../clients/cli/audit/verifyFiles.ts';
import { checkEvidence } from '../../clients/cli/audit/evidence/checkEvidence.ts';
import { fetchEvidence } from '../../clients/cli/audit/evidence/fetchEvidence.ts';
import { failureOf } from '../../clients/cli/verb.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { seededRandom } from '../../clients/cli/demo/files/invented.ts';
import { saveExchange } from '../../clients/sdk/storedExchange.ts';
import type { LogFinding } from '../../log/finding.ts';
import { parseVkey } from '../../log/note/noteKey.ts';
import type { PackFile } from '../../log/pack/pack.ts';
import { verifyPack } from '../../log/pack/verifyPack.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';

const seed = Number(process.env['ATTACK_SEED'] ?? 20261121);
/** of each text; of each folder a fifth, as its many files take longer */
const mutations = Number(process.env['ATTACK_MUTATIONS'] ?? 1_000);
const { int: below, pick: oneOf } = seededRandom(seed);

const home = mkdtempSync(join(tmpdir(), 'datong-fuzz-'));
after(() => rmSync(home, { recursive: true, force: true }));
const hub = await testHub({ database: await testDatabase(), jobsByTime: false });
const city = await sampleCity(hub);
const dataset = 'pub-security.household';
const file = householdFile(1400, 7);
await city.publicSecurity.client.sendFile(dataset, file.bytes, { mapping: 'household' });
const auditor = await hub.token('auditor', ['auditor']);
const key = hub.hub.keys.log.vkey;

/** Two folders: evidence of some calls with its documents, and a pack with a checkpoint and a stored exchange. */
async function writeFolders(): Promise<{ readonly evidence: string; readonly pack: string }> {
  const context = {
    purpose: 'school-enrolment',
    agreement: 'agr-school-enrolment',
    onBehalfOf: 'official-17',
    matter: 'YX-2026-000123',
  };
  const children = file.good.filter(({ region }) => region === '990101').slice(0, 3);
  const pack = join(home, 'pack');
  for (const { id } of children) {
    const query = { filter: [{ field: 'person_id', op: 'eq' as const, value: id }] };
    const { kept: stored } = await city.education.client.query(dataset, query, context);
    await saveExchange(join(pack, 'receipts'), stored);
  }
  const requested = { reason: 'complaint', case: 'XF-2026-0001', question: { consumer: 'education' } };
  const { json } = await hub.staff(auditor, 'POST', '/v1/log/evidence', requested);
  const whole = await hub.staff(auditor, 'POST', '/v1/log/evidence', {
    ...requested,
    question: { whole: true },
  });
  assert.equal(whole.status, 201, JSON.stringify(whole.json));
  const evidence = join(home, 'evidence');
  const reader = {
    bytes: async (path: string) => Buffer.from(JSON.stringify((await hub.staff(auditor, 'GET', path)).json)),
    logKeys: () => Promise.resolve([parseVkey(key)]),
  };
  const fetched = await fetchEvidence(reader, String(json['id']), evidence);
  assert.deepEqual(fetched.findings, []);
  const all = (await hub.staff(auditor, 'GET', `/v1/log/evidence/${String(whole.json['id'])}`)).json;
  const { checkpoint } = all['pack'] as PackFile;
  writeFileSync(join(pack, 'pack.json'), JSON.stringify(all['pack']));
  writeFileSync(join(pack, 'checkpoint'), checkpoint);
  await hub.stop();
  return { evidence, pack };
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();

/** Values that a member may have to become. */
const hostile: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e300, 2 ** 53, '', 'x', '0'.repeat(500), '\u0000', '../..', '__proto__'],
  ...[[], {}, [[]], [null], { v: 1 }, { __proto__: null }, { constructor: 1 }, '\ud800'],
];

/** Another value at one place of a JSON text: replaced, left out, doubled or moved. */
function reshaped(text: string): string {
  const value = JSON.parse(text) as unknown;
  const places: (readonly [Record<string, unknown>, string])[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const name of Object.keys(node)) {
      places.push([node as Record<string, unknown>, name]);
      walk((node as Record<string, unknown>)[name]);
    }
  };
  walk(value);
  if (places.length === 0) return JSON.stringify(oneOf(hostile));
  // most places lie deep inside: as often one of the first is taken
  const [node, name] = below(2) === 0 ? oneOf(places) : oneOf(places.slice(0, 40));
  switch (below(5)) {
    case 0:
      if (Array.isArray(node)) node.splice(Number(name), 1);
      else Reflect.deleteProperty(node, name);
      break;
    case 1:
      if (Array.isArray(node)) node.splice(Number(name), 0, node[Number(name)]);
      else node[`${name}2`] = node[name];
      break;
    case 2: {
      const [other, place] = oneOf(places);
      [node[name], other[place]] = [structuredClone(other[place]), structuredClone(node[name])];
      break;
    }
    case 3:
      return JSON.stringify(value).replace(
        `"${name}":`,
        () => `"${name}":${JSON.stringify(oneOf(hostile))},"${name}":`,
      );
    default:
      node[name] = oneOf(hostile);
  }
  return JSON.stringify(value);
}

/** Bytes flipped, cut, doubled or put elsewhere. */
function garbled(bytes: Buffer): Buffer {
  const at = below(bytes.length + 1);
  const length = below(Math.min(bytes.length - at, 200) + 1);
  const part = bytes.subarray(at, at + length);
  switch (below(5)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < bytes.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << below(8));
      return flipped;
    }
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    default:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(oneOf(['\0', '\ufeff', '{', '"', '\xff', '\n', '[[[['])),
        bytes.subarray(at),
      ]);
  }
}

interface Mutation {
  readonly what: string;
  /** whether the content is still the same, such as after other spaces in a JSON text */
  readonly same: boolean;
}

/** Another text of evidence, of a pack or of a note. */
const altered = (bytes: Buffer, isJson: boolean): Buffer =>
  isJson && below(2) === 0 ? Buffer.from(reshaped(bytes.toString('utf8'))) : garbled(bytes);

/** @param names files of the folder @returns what was done to it */
function mutate(folder: string, names: readonly string[]): Mutation {
  const name = oneOf(names);
  const place = join(folder, name);
  const bytes = readFileSync(place);
  const write = (next: Buffer): Mutation => {
    writeFileSync(place, next);
    return { what: `${name}, other bytes`, same: next.equals(bytes) || saysTheSame(bytes, next) };
  };
  switch (below(8)) {
    case 0:
      rmSync(place);
      return { what: `${name} is missing`, same: false };
    case 1:
      rmSync(place);
      mkdirSync(place);
      return { what: `${name} is a folder`, same: false };
    case 2:
      return write(readFileSync(join(folder, oneOf(names))));
    default:
      return write(altered(bytes, name.endsWith('.json')));
  }
}

function saysTheSame(one: Buffer, other: Buffer): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(one.toString('utf8')), JSON.parse(other.toString('utf8')));
  } catch {
    return false;
  }
}

/** `holds`, `found`, or the sentence of a refusal. */
function verdictOf(verify: () => { readonly findings: readonly LogFinding[] }): string {
  try {
    const { findings } = verify();
    for (const { code, message } of findings)
      assert.ok(code.length > 0 && message.zh !== '' && message.en !== '', JSON.stringify(findings));
    return findings.length > 0 ? 'found' : 'holds';
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    const { text } = failureOf(error);
    assert.doesNotMatch(text.en, /unexpected error/, error instanceof Error ? error.stack : String(error));
    return text.en;
  }
}

const { evidence, pack } = await writeFolders();
const read = (...place: readonly string[]): Buffer => readFileSync(join(...place));
const keys = [parseVkey(key)];
/** What a reader who believes a text takes from it: what entries and digests prove, not what only the hub states (audit.md). */
interface Taken {
  readonly findings: readonly LogFinding[];
  readonly proven: ReadonlySet<string>;
}
const takenFrom = ({ entries }: Pick<PackFile, 'entries'>): string[] =>
  entries.map(({ index, leaf }) => `entry ${index} ${leaf}`);
const ofPack = (text: string): Taken => {
  const { findings } = verifyPack(text, { keys });
  const proven = findings.length > 0 ? [] : takenFrom(JSON.parse(text) as PackFile);
  return { findings, proven: new Set(proven) };
};
const ofEvidence = (text: string): Taken => {
  const { findings, read: found } = checkEvidence(text, { keys });
  if (findings.length > 0 || found === undefined) return { findings, proven: new Set() };
  const { pack: within, chosen, documents, notices } = found.file;
  const texts = Object.entries({ ...documents, ...notices }).map((one) => `text ${one.join(' ')}`);
  return { findings, proven: new Set([...takenFrom(within), ...texts, `chosen ${chosen.join()}`]) };
};
/** Where two texts begin to differ, with what is there. */
function difference(one: Buffer, other: Buffer): string {
  const at = one.findIndex((byte, i) => byte !== other[i]);
  const around = (bytes: Buffer): string => bytes.subarray(Math.max(0, at - 80), at + 120).toString('utf8');
  return `at ${at}\n${around(one)}\n${around(other)}`;
}
for (const [what, bytes, take] of [
  ['evidence', read(evidence, 'evidence.json'), ofEvidence],
  ['pack', read(pack, 'pack.json'), ofPack],
] as const)
  test(`${what}: of ${mutations} mutations of its text each is found, or says nothing beyond it; none throws`, () => {
    const { findings: before, proven: known } = take(bytes.toString('utf8'));
    assert.deepEqual(before, [], 'as it was handed over');
    let found = 0;
    for (let n = 0; n < mutations; n += 1) {
      const next = altered(bytes, true);
      const reported = (): string => `seed ${seed}, mutation ${n}, ${difference(bytes, next)}`;
      const { findings, proven } = take(next.toString('utf8'));
      if (findings.length > 0) found += 1;
      for (const { message } of findings) assert.ok(message.zh !== '' && message.en !== '', reported());
      assert.deepEqual(
        [...proven].filter((one) => !known.has(one)),
        [],
        reported(),
      );
    }
    assert.ok(found > mutations / 2, `${found} were found`);
  });

for (const [what, folder, mayStillHold] of [
  // all of it is named by the manifest, which lies in it
  ['evidence', evidence, () => false],
  // without its checkpoint or an exchange it is a pack all the same; of a stored message, unsigned headers may be any
  [
    'a pack with kept exchanges',
    pack,
    ({ what: done }: Mutation) => /missing|folder/.test(done) || /(?:http|key\.json), /.test(done),
  ],
] as const)
  test(`${what}: of ${mutations / 5} mutations of its folder each ends in findings or a sentence, and none holds`, () => {
    const verify = (path: string): string => verdictOf(() => verifyFiles(path, { key: [key] }, [], []));
    assert.equal(verify(folder), 'holds', 'as it was handed over');
    const names = filesIn(folder);
    const verdicts = new Map<string, number>();
    const copy = join(home, 'copy');
    for (let n = 0; n < mutations / 5; n += 1) {
      rmSync(copy, { recursive: true, force: true });
      cpSync(folder, copy, { recursive: true });
      const done = mutate(copy, names);
      const verdict = verify(copy);
      if (verdict === 'holds')
        assert.ok(done.same || mayStillHold(done), `seed ${seed}, mutation ${n}: ${done.what}`);
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    }
    assert.ok((verdicts.get('found') ?? 0) > 0, JSON.stringify([...verdicts]));
  });
