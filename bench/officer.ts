/** Waiting times of a compliance officer at three million entries: searches of every kind, an incident; and the disk size of an entry. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { searchEntries, type EntrySearch } from '../hub/log/evidence/searchEntries.ts';
import { beginPass, isOver, reverifyPortion } from '../hub/log/evidence/reverifyPortion.ts';
import { openAuditLog } from '../hub/log/openAuditLog.ts';
import { assessIncident } from '../hub/features/log/operations/assessIncident.ts';
import { startPostgres } from '../hub/platform/postgres/startPostgres.ts';
import type { Database } from '../hub/platform/database/database.ts';
import { newDatabase, newKeys, type BenchKeys } from './append.ts';
import { coreTime, type Timed, median, type Bench, type BenchRow } from './row.ts';
import { createSecretKey, hash } from 'node:crypto';
import { once } from 'node:events';
import { from as copyFrom } from 'pg-copy-streams';
import { columnsOf } from '../hub/log/columns.ts';
import { headRow } from '../hub/log/head.ts';
import { deriveTiles } from '../hub/log/deriveTiles.ts';
import { subjectsOf, subjectToken, tokenYear } from '../hub/log/subjects.ts';
import { keyMark } from '../hub/log/store/flush.ts';
import { ensurePartitions, partitionSize } from '../hub/log/store/partitions.ts';
import { withConnection, type Transaction } from '../hub/platform/database/transaction.ts';
import type { Leaf } from '../log/leaf.ts';
import { prepareLeaf } from '../log/leafBytes.ts';
import { hexList } from '../log/commitment.ts';
import { LeafPacker } from '../log/packing/packLeaf.ts';
import { emptyTree, growTree, type TreeState } from '../log/tree/growTree.ts';
import { readWholeLog } from '../tests/readWholeLog.ts';
import { defined } from '../terms/defined.ts';

/*
 * A log of three years: canonical leaves of releases, refusals and management acts, each with the columns, tokens and hashes that the hub
 * would have written, loaded by COPY. The hub's own code then derives tiles and search index, so that the log verifies.
 */

const begin = Date.UTC(2023, 10, 1);
const span = Date.UTC(2026, 10, 1) - begin;
/** entries of one COPY */
const portion = 20_480;

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
const digestText = (text: string): string => digest(text).toString('base64url');
const list = (count: number, name: (nth: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, nth) => name(nth));

/** Subjects of the log, in the numbers of a city of a million. */
const city = {
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

const subjectOf = (person: number): Buffer => digest(`subject ${person}`);
/** Keys of each year for the tokens of subjects. */
const tokenKeys = (year: number) => createSecretKey(digest(`tokens ${year}`));

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
  return mixed(index, 1) % 33 === 0
    ? { leaf: managementLeaf(index, common), subjects: undefined, nonce: undefined }
    : madeRelease(index, size, common);
}

type Common = Pick<Leaf, 'v' | 'id' | 'at' | 'epoch'>;

function managementLeaf(index: number, common: Common): Leaf {
  const operation = managed[mixed(index, 2) % managed.length] ?? '';
  const person = `person-${mixed(index, 3) % 40}`;
  const actor = { person, staff: digestText(person).slice(0, 22), way: 'passkey' };
  return {
    ...common,
    kind: 'management',
    operation,
    decision: 'allow',
    actor,
    status: 200,
    change: { id: `agr-${mixed(index, 4) % city.agreements}`, reason: 'review' },
    reply: digestText(`reply ${index}`),
  };
}

function madeRelease(index: number, size: number, common: Common): Made {
  const at = Date.parse(common.at);
  const agreement = mixed(index, 5) % city.agreements;
  const by = agreement % city.consumers;
  const about = agreement % city.providers;
  const subject = agreement % 3 === 0 ? 'household' : 'enterprise';
  const denied = mixed(index, 6) % 20 === 0;
  // one person is asked about repeatedly, by all departments
  const person = index % 20_000 === 7 ? 0 : mixed(index, 7) % city.persons;
  const subjects = denied
    ? undefined
    : subjectsOf([subjectToken(tokenKey(tokenYear(at)), subjectOf(person))]);
  const fields = masks[agreement % masks.length] ?? {};
  const leaf: Leaf = {
    ...common,
    kind: 'release',
    operation: agreement % 5 === 0 ? 'checkFact' : 'queryDataset',
    decision: denied ? 'deny' : 'allow',
    ...(denied ? { code: codes[mixed(index, 8) % codes.length] ?? '' } : {}),
    actor: { department: `consumer-${by}`, keyid: keyids[by] ?? '', certificate: certificates[by] ?? '' },
    consumer: `consumer-${by}`,
    provider: `provider-${about}`,
    dataset: `provider-${about}.${subject}`,
    schema: `urn:datong:${subject}:1.${Math.floor((index / size) * 4)}`,
    agreement: `agr-${agreement}`,
    purpose: `purpose-${agreement % city.purposes}`,
    onBehalfOf: `clerk-${by}-${mixed(index, 9) % (city.officials / 8)}`,
    // a case is accessed about twice
    matter: `RX-${new Date(at).getUTCFullYear()}-${Math.floor(index / 3) * 2 + (mixed(index, 10) % 2)}`,
    ...(denied ? {} : { fields, rows: { delivered: 1, withheld: 0 } }),
    ...defined({ subjects: subjects?.leaf }),
    request: digestText(`request ${index}`),
    reply: digestText(`reply ${index}`),
    status: denied ? 403 : 200,
    policy: policies[Math.floor(index / 40_000) % policies.length] ?? '',
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
async function fillThreeYears(
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

const size = Number(process.env['DATONG_BENCH_ENTRIES'] ?? 3_000_000);
const persons = 20;
const now = Date.UTC(2026, 10, 1);

export const bench: Bench = { run };

type Access = Parameters<typeof searchEntries>[0];

async function run(): Promise<readonly BenchRow[]> {
  const stateDir = await mkdtemp(join(tmpdir(), 'datong-bench-officer-'));
  const server = await startPostgres({ stateDir, settings: { max_wal_size: '4GB' } });
  const tell = (what: string): void => void process.stderr.write(`  ${what}\n`);
  try {
    const database = await newDatabase(server, 'officer');
    const keys = newKeys();
    const held = { ...keys, logToken: tokenKeys };
    await fillThreeYears(database, keys, size, tell);
    const log = await openAuditLog({ database, keys, stateDir: join(stateDir, 'log'), acceptsClock: true });
    const access: Access = { database, audit: log, keys: held };
    const rows = [
      await perEntry(database),
      ...(await searches(access, coreTime(server))),
      await incidents(access, tell),
      await whole(access),
    ];
    await log.close();
    await database.close();
    return rows;
  } finally {
    await server.destroy();
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function perEntry({ owner }: Database): Promise<BenchRow> {
  const { rows } = await owner.query<{ name: string; bytes: string }>(
    `SELECT regexp_replace(relname, '_\\d+$', '') || CASE relkind WHEN 'i' THEN ' (index)' ELSE '' END AS name,
            sum(pg_relation_size(oid)) AS bytes
       FROM pg_class WHERE relname ~ '^(audit_|destroyed_|erased_)' AND relkind IN ('r', 'i', 't') GROUP BY 1
      UNION ALL SELECT 'toast', sum(pg_total_relation_size(reltoastrelid)) FROM pg_class
                 WHERE relname LIKE 'audit_%' AND reltoastrelid <> 0
      ORDER BY 2 DESC`,
  );
  const parts = rows.map(({ name, bytes }) => ({ name, bytes: Number(bytes) / size }));
  return {
    figure: 'bytes of an entry of three years, everything in',
    value: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    unit: 'B',
    against:
      'leaf, columns, hashes, subject tokens, tiles, search index and every index, of real releases, refusals and acts',
    must: { atMost: 1_100 },
    note: parts.flatMap(({ name, bytes }) => (bytes < 1 ? [] : [`${name} ${bytes.toFixed(0)}`])).join(', '),
  };
}

const october = { from: '2025-10-01T00:00:00+08:00', until: '2025-11-01T00:00:00+08:00' };
const combinations: Readonly<Record<string, EntrySearch>> = {
  nothing: {},
  consumer: { consumer: 'consumer-3' },
  department: { department: 'provider-5' },
  'consumer, provider': { consumer: 'consumer-3', provider: 'provider-5' },
  'consumer, nobody': { consumer: 'consumer-3', code: 'no_such_code' },
  'dataset, field': { dataset: 'provider-6.household', field: 'person_id' },
  'purpose, code': { purpose: 'purpose-3', code: 'quota_exceeded' },
  'agreement, code': { agreement: 'agr-17', code: 'consent_missing' },
  'agreement, official': { agreement: 'agr-17', official: 'clerk-17-3' },
  'official, code, dataset': {
    official: 'clerk-5-7',
    code: 'field_not_granted',
    dataset: 'provider-5.enterprise',
  },
  matter: { matter: 'RX-2025-1400000' },
  'a case that is none': { matter: 'RX-1999-1' },
  person: { person: 'person-7', operation: 'revokeCertificate' },
  'schema, decision': { schema: 'urn:datong:household:1.2', decision: 'deny' },
  'kind, operation': { kind: 'release', operation: 'checkFact', decision: 'deny', code: 'matter_not_agreed' },
  October: october,
  'October, consumer, code': { ...october, consumer: 'consumer-8', code: 'purpose_not_agreed' },
  'October, everything': {
    ...october,
    consumer: 'consumer-17',
    provider: 'provider-3',
    dataset: 'provider-3.enterprise',
    agreement: 'agr-17',
    purpose: 'purpose-5',
    kind: 'release',
    operation: 'queryDataset',
    decision: 'allow',
    field: 'address',
  },
  'the first day': { from: '2023-11-01T00:00:00Z', until: '2023-11-02T00:00:00Z', decision: 'deny' },
  'on an old page': { consumer: 'consumer-3', before: Math.floor(size / 3) },
};

async function searches(access: Access, timed: Timed): Promise<readonly BenchRow[]> {
  const about: number[] = [];
  let found = 0;
  for (let person = 0; person < persons; person += 1) {
    const search = { subject: subjectOf(person * 997) };
    found += (await searchEntries(access, search, now)).entries.length;
    about.push(await timed(() => searchEntries(access, search, now)));
  }
  if (found === 0) throw new Error('nobody was seen');
  const times = new Map<string, number>();
  for (const [name, search] of Object.entries(combinations))
    times.set(name, await timed(() => searchEntries(access, search, now)));
  times.set(
    'a person in October, by one department',
    await timed(() =>
      searchEntries(access, { ...october, subject: subjectOf(5), consumer: 'consumer-8' }, now),
    ),
  );
  const counts = new Map<string, number>();
  for (const name of ['nothing', 'consumer', 'agreement, code', 'October'])
    counts.set(
      name,
      await timed(() => searchEntries(access, { ...combinations[name], counts: true, limit: 1 }, now)),
    );
  return [
    {
      figure: 'slowest search for a person over three years, at 3 M entries',
      value: Math.max(...about),
      unit: 'ms',
      against: `${persons} persons, ${(found / persons).toFixed(0)} entries each`,
      must: { atMost: 50 },
      note: `median ${median(about).toFixed(1)}`,
    },
    {
      figure: 'slowest search of any combination at 3 M entries',
      value: Math.max(...times.values()),
      unit: 'ms',
      against: `${times.size} combinations, a page of 100`,
      must: { atMost: 200 },
      note: reported(times),
    },
    {
      figure: 'slowest counts by day, department and code at 3 M entries',
      value: Math.max(...counts.values()),
      unit: 'ms',
      against: 'four questions, from everything to one code of one agreement',
      note: reported(counts),
    },
  ];
}

const reported = (times: ReadonlyMap<string, number>): string =>
  [...times].map(([name, time]) => `${name}: ${time.toFixed(1)}`).join('; ');

async function incidents(access: Access, tell: (what: string) => void): Promise<BenchRow> {
  const all = { from: '2023-11-01T00:00:00Z', until: '2026-11-01T00:00:00Z' };
  const requested = {
    'a key, three years': { ...all, keyid: 'none' },
    'an agreement, three years': { ...all, agreement: 'agr-17' },
    'a dataset, three years': { ...all, dataset: 'provider-6.household' },
    'everything for a month': october,
  };
  const times = new Map<string, number>();
  for (const [name, body] of Object.entries(requested)) {
    const started = performance.now();
    const call = { body: { ...body, reason: 'stolen key', case: 'AQ-2026-1' } };
    const answer = await assessIncident.run(call as never, access as never);
    times.set(name, (performance.now() - started) / 1000);
    tell(`${name}: ${times.get(name)?.toFixed(1) ?? ''} s`);
    if (answer.entry !== 'allow') throw new Error('refused');
  }
  return {
    figure: 'slowest incident at 3 M entries',
    value: Math.max(...times.values()),
    unit: 's',
    against: 'recipients, fields and number of persons, by key, agreement, dataset and period',
    must: { atMost: 60 },
    note: reported(times),
  };
}

/** The log is one: nothing of it was made up for the figures. */
async function whole(access: Access): Promise<BenchRow> {
  const before = process.cpuUsage();
  const started = performance.now();
  let pass = beginPass(access, 1);
  while (!isOver(pass)) {
    const read = await reverifyPortion(access, pass, 100_000);
    if (read.findings.length > 0) throw new Error(JSON.stringify(read.findings[0]));
    pass = read.pass;
  }
  const { user, system } = process.cpuUsage(before);
  return {
    figure: 'minutes in which a hub re-verifies a whole log of 3 M entries',
    value: (performance.now() - started) / 60_000,
    unit: 'min',
    against: 'the day in which it must: bytes, hashes, columns, tokens, tiles, search index and root',
    must: { atMost: 24 * 60 * 0.05 },
    note: `${(size / ((user + system) / 1e6)).toFixed(0)} entries a second of the hub's own time`,
  };
}
