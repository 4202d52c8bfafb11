/**
 * A log of three years: canonical leaves of releases, refusals and management acts, each with the columns, tokens and hashes that the hub
 * would have written, loaded by COPY. The hub's own code then derives tiles and search index, so that the log verifies.
 */
import { createSecretKey, hash } from 'node:crypto';
import { once } from 'node:events';
import { from as copyFrom } from 'pg-copy-streams';
import { columnsOf } from '../../hub/log/columns.ts';
import { headRow } from '../../hub/log/head.ts';
import { deriveTiles } from '../../hub/log/deriveTiles.ts';
import { subjectsOf, subjectToken, tokenYear } from '../../hub/log/subjects.ts';
import { keyMark } from '../../hub/log/store/flush.ts';
import { ensurePartitions, partitionSize } from '../../hub/log/store/partitions.ts';
import type { Database } from '../../hub/platform/database/database.ts';
import { withConnection, type Transaction } from '../../hub/platform/database/transaction.ts';
import type { Leaf } from '../../log/leaf.ts';
import { prepareLeaf } from '../../log/leafBytes.ts';
import { hexList } from '../../log/commitment.ts';
import { LeafPacker } from '../../log/packing/packLeaf.ts';
import { emptyTree, growTree, type TreeState } from '../../log/tree/growTree.ts';
import { readWholeLog } from '../../tests/readWholeLog.ts';
import type { BenchKeys } from './logs.ts';
import { defined } from '../../terms/defined.ts';

const begin = Date.UTC(2023, 10, 1);
const span = Date.UTC(2026, 10, 1) - begin;
/** entries of one COPY */
const portion = 20_480;

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
const digestText = (text: string): string => digest(text).toString('base64url');
const list = (count: number, name: (nth: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, nth) => name(nth));

/** Subjects of the log, in the numbers of a city of a million. */
export const city = {
  consumers: 24,
  providers: 14,
  agreements: 800,
  persons: 300_000,
  officials: 400,
  purposes: 12,
} as const;
const keyids = list(city.consumers, (nth) => digestText(`key ${nth}`));
const certificates = list(city.consumers, (nth) => digest(`certificate ${nth}`).toString('hex').slice(0, 32));
const policies = list(90, (nth) => digestText(`policy ${nth}`));
const codes = [
  'purpose_not_agreed',
  'field_not_granted',
  'consent_missing',
  'matter_not_agreed',
  'quota_exceeded',
];
const masks: readonly Readonly<Record<string, string>>[] = [
  {
    birth_date: 'clear',
    guardian_id: 'pseudonym',
    name: 'personName',
    person_id: 'idCard',
    region_code: 'clear',
  },
  { address: 'clear', name: 'clear', person_id: 'clear' },
  { credit_code: 'clear', name: 'clear', registered_capital: 'round', state: 'clear' },
  { issued_on: 'clear', licence: 'clear', valid_until: 'clear' },
];
const managed = ['approvePolicyDocument', 'revokeCertificate', 'placeHold', 'searchEntries', 'exportPack'];

/** The same number gives the same value, and neighbours have nothing to do with each other. */
const mixed = (index: number, salt: number): number => {
  let x = (index + 1) * 0x9e3779b1 + salt * 0x85ebca6b;
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
  return (x ^ (x >>> 15)) >>> 0;
};

export const subjectOf = (person: number): Buffer => digest(`subject ${person}`);
/** Keys of each year for the tokens of subjects. */
export const tokenKeys = (year: number) => createSecretKey(digest(`tokens ${year}`));

interface Made {
  readonly leaf: Leaf;
  readonly subjects: ReturnType<typeof subjectsOf>;
  readonly nonce: string | undefined;
}

function made(index: number, size: number): Made {
  const at = begin + Math.floor((index / size) * span);
  const hex = digest(`exchange ${index}`).toString('hex');
  const id = `${at
    .toString(16)
    .padStart(12, '0')
    .replace(/(.{8})/, '$1-')}-7${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
  const common = {
    v: 1,
    id,
    at: new Date(at).toISOString(),
    epoch: 12 + Math.floor(index / 40_000),
  } as const;
  if (mixed(index, 1) % 33 === 0) {
    const operation = managed[mixed(index, 2) % managed.length] ?? '';
    const person = `person-${mixed(index, 3) % 40}`;
    const actor = { person, staff: digestText(person).slice(0, 22), way: 'passkey' };
    const leaf: Leaf = {
      ...{ ...common, kind: 'management', operation, decision: 'allow', actor, status: 200 },
      change: { id: `agr-${mixed(index, 4) % city.agreements}`, reason: 'review' },
      reply: digestText(`reply ${index}`),
    };
    return { leaf, subjects: undefined, nonce: undefined };
  }
  const agreement = mixed(index, 5) % city.agreements;
  const by = agreement % city.consumers;
  const about = agreement % city.providers;
  const denied = mixed(index, 6) % 20 === 0;
  // one person is asked about repeatedly, by all departments
  const person = index % 20_000 === 7 ? 0 : mixed(index, 7) % city.persons;
  const subjects = denied
    ? undefined
    : subjectsOf([subjectToken(tokenKey(tokenYear(at)), subjectOf(person))]);
  const fields = masks[agreement % masks.length] ?? {};
  const leaf: Leaf = {
    ...{ ...common, kind: 'release', operation: agreement % 5 === 0 ? 'checkFact' : 'queryDataset' },
    decision: denied ? 'deny' : 'allow',
    ...(denied ? { code: codes[mixed(index, 8) % codes.length] ?? '' } : {}),
    actor: { department: `consumer-${by}`, keyid: keyids[by] ?? '', certificate: certificates[by] ?? '' },
    ...{ consumer: `consumer-${by}`, provider: `provider-${about}` },
    dataset: `provider-${about}.${agreement % 3 === 0 ? 'household' : 'enterprise'}`,
    schema: `urn:datong:${agreement % 3 === 0 ? 'household' : 'enterprise'}:1.${Math.floor((index / size) * 4)}`,
    ...{ agreement: `agr-${agreement}`, purpose: `purpose-${agreement % city.purposes}` },
    onBehalfOf: `clerk-${by}-${mixed(index, 9) % (city.officials / 8)}`,
    // a case is accessed about twice
    matter: `RX-${new Date(at).getUTCFullYear()}-${Math.floor(index / 3) * 2 + (mixed(index, 10) % 2)}`,
    ...(denied ? {} : { fields, rows: { delivered: 1, withheld: 0 } }),
    ...defined({ subjects: subjects?.leaf }),
    ...{ request: digestText(`request ${index}`), reply: digestText(`reply ${index}`) },
    ...{ status: denied ? 403 : 200, policy: policies[Math.floor(index / 40_000) % policies.length] ?? '' },
  };
  return { leaf, subjects, nonce: digest(`nonce ${index}`).toString('base64url').slice(0, 22) };
}

const yearKeys = new Map<number, ReturnType<typeof tokenKeys>>();
function tokenKey(year: number): ReturnType<typeof tokenKeys> {
  const key = yearKeys.get(year) ?? tokenKeys(year);
  yearKeys.set(year, key);
  return key;
}

const entryColumns = 'idx, at, id, consumer, provider, dataset, decision, code, keyid, nonce, leaf, hash';

/** Fills an empty log with so many entries, writes its head, derives tiles and index. @param tell called with the progress */
export async function fillThreeYears(
  database: Database,
  keys: BenchKeys,
  size: number,
  tell: (what: string) => void,
): Promise<void> {
  for (let index = 0; index <= size; index += partitionSize / 2)
    await ensurePartitions(database.owner, index);
  let tree = emptyTree;
  await withConnection(database.owner, async (first) => {
    await withConnection(database.owner, async (second) => {
      let writing: Promise<unknown> = Promise.resolve();
      for (let from = 0; from < size; from += portion) {
        const lines = linesOf(from, Math.min(from + portion, size), size);
        tree = growTree(tree, lines.hashes).state;
        await writing;
        writing = Promise.all([
          copied(first, `audit_entry (${entryColumns})`, lines.entries),
          copied(second, 'audit_subject (idx, salt, tokens)', lines.subjects),
        ]);
        if (from % (10 * portion) === 0) tell(`${from} entries`);
      }
      await writing;
    });
  });
  await writeHead(database, keys, tree);
  tell('tiles');
  await deriveTiles(database.app, size);
  tell('index');
  await readWholeLog(database.app, size);
  await database.owner.query(
    'VACUUM ANALYZE audit_entry, audit_subject, audit_posting, audit_posted, audit_tile',
  );
}

const packer = new LeafPacker();

interface Lines {
  readonly entries: string;
  readonly subjects: string;
  readonly hashes: readonly Uint8Array[];
}

function linesOf(from: number, end: number, size: number): Lines {
  const hashes: Uint8Array[] = [];
  let [entries, about] = ['', ''];
  for (let index = from; index < end; index += 1) {
    const { leaf, subjects, nonce } = made(index, size);
    const prepared = prepareLeaf(leaf);
    const { id, at, consumer, provider, dataset, decision, code } = columnsOf(leaf);
    const keyid = nonce === undefined ? undefined : keyMark(leaf.actor.keyid ?? '');
    const texts = [String(index), at, id, consumer, provider, dataset, decision, code, keyid, nonce];
    const bytes = [Buffer.from(packer.pack(prepared.bytes)), Buffer.from(prepared.hash)];
    entries += `${texts.map((text) => text ?? '\\N').join('\t')}\t${bytes.map(hexOf).join('\t')}\n`;
    hashes.push(prepared.hash);
    if (subjects === undefined) continue;
    const tokens = hexList(subjects.stored.tokens, 16, ['"\\\\\\\\x', '","\\\\\\\\x', '"']).toString();
    about += `${index}\t${hexOf(Buffer.from(subjects.stored.salt))}\t{${tokens}}\n`;
  }
  return { entries, subjects: about, hashes };
}

/** the byte format of COPY */
const hexOf = (bytes: Buffer): string => `\\\\x${bytes.toString('hex')}`;

async function copied(client: Transaction, target: string, lines: string): Promise<void> {
  const sink = client.query(copyFrom(`COPY ${target} FROM STDIN`));
  sink.end(lines);
  await once(sink, 'finish');
}

async function writeHead({ owner }: Database, keys: BenchKeys, tree: TreeState): Promise<void> {
  const row = headRow({ tree, epoch: 1 }, { key: keys.headMac, origin: keys.log.name });
  await owner.query('UPDATE audit_head SET size = $1, root = $2, frontier = $3, mac = $4', [
    ...[row.size, row.root, row.frontier, row.mac],
  ]);
}
