/** A log of some thousands of entries whose words repeat in different rhythms, its index read up to the last whole chunk. */
import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import type { Claims, EntryDraft } from '../hub/log/draft.ts';
import { beginPass, reverifyPortion } from '../hub/log/evidence/reverifyPortion.ts';
import { searchEntries, type EntrySearch } from '../hub/log/evidence/searchEntries.ts';
import { openAuditLog, type OpenedAuditLog } from '../hub/log/openAuditLog.ts';
import { subjectsOf, subjectToken } from '../hub/log/subjects.ts';
import { leafOf } from '../hub/log/store/storedLeaves.ts';
import { asLogin } from '../hub/platform/database/database.ts';
import type { Leaf } from '../log/leaf.ts';
import { parseLeaf } from '../log/parseLeaf.ts';
import { uuid7 } from '../machine/uuid7.ts';
import { testDatabase } from './database.ts';
import { oneLogKey } from './oneLogKey.ts';
import { readWholeLog } from './readWholeLog.ts';
import { defined } from '../terms/defined.ts';

export const database = await testDatabase();
const stateDir = mkdtempSync(join(tmpdir(), 'datong-search-'));
const signer = oneLogKey('datong/test');
const yearKey = createSecretKey(randomBytes(32));
const keys = { log: signer, headMac: createSecretKey(randomBytes(32)), logToken: () => yearKey };
/** the subject of every five hundredth entry */
export const child = Buffer.from('the child');
export const total = 2_700;
export const start = Date.parse('2026-10-01T00:00:00Z');

interface Draft extends EntryDraft<Draft> {
  readonly claims: Claims;
}

/** Entries whose words repeat in different rhythms, a minute apart or so, not quite in the order of their times. */
function draft(n: number): Draft {
  const at = start + n * 55_000 + (n % 7) * 20_000;
  const concerned = n % 500 === 77 ? subjectsOf([subjectToken(yearKey, child)]) : undefined;
  const made: Draft = {
    leaf: {
      v: 1,
      id: uuid7(at),
      at: new Date(at).toISOString(),
      kind: n % 11 === 0 ? 'inspect' : 'release',
      operation: n % 3 === 0 ? 'checkFact' : 'queryDataset',
      decision: n % 5 === 0 ? 'deny' : 'allow',
      ...(n % 5 === 0 ? { code: n % 2 === 0 ? 'purpose_not_agreed' : 'field_not_granted' } : {}),
      actor: { department: 'education', ...(n % 13 === 0 ? { person: `person-${n % 26}` } : {}) },
      ...(n % 11 === 0
        ? {}
        : { consumer: n % 4 === 0 ? 'transport' : 'education', provider: 'pub-security' }),
      dataset: n % 2 === 0 ? 'pub-security.household' : 'ecology.air',
      schema: `urn:datong:schema:x:${n % 3}`,
      purpose: n % 6 === 0 ? 'school-enrolment' : 'pension',
      agreement: `agr-${n % 9}`,
      onBehalfOf: `clerk-${n % 40}`,
      matter: `RX-2026-${n}`,
      fields: n % 2 === 0 ? { name: 'clear', birth_date: 'year' } : { level: 'clear' },
      ...defined({ subjects: concerned?.leaf }),
    },
    claims: {},
    whenLost: () => made,
    ...defined({ subjects: concerned?.stored }),
  };
  return made;
}

export let log: OpenedAuditLog;
export let leaves: readonly Leaf[] = [];
export const access = () => ({ database, keys, audit: log });
export const tamper = (sql: string): Promise<unknown> =>
  asLogin(database.address, async (login) => {
    await login.query('SET session_replication_role = replica');
    await login.query(sql);
  });

let passes = 0;
/** What re-verification of the whole log reports: `code index`. */
export async function reverified(): Promise<string[]> {
  passes += 1;
  const { findings, failures } = await reverifyPortion(access(), beginPass(access(), passes), 100_000);
  assert.deepEqual(failures, []);
  return findings.map(({ code, index }) => `${code} ${index}`).sort();
}

before(async () => {
  log = await openAuditLog({ database, keys, stateDir, acceptsClock: true });
  for (let from = 1; from < total; from += 300)
    await Promise.all(
      Array.from({ length: Math.min(300, total - from) }, (_, i) => log.append(draft(from + i))),
    );
  const { rows } = await database.app.query<{ leaf: Buffer }>('SELECT leaf FROM audit_entry ORDER BY idx');
  leaves = rows.map(({ leaf }) => parseLeaf(leafOf(leaf)));
  assert.equal(await readWholeLog(database.app, log.size()), 1);
});
after(async () => {
  await log.close();
  rmSync(stateDir, { recursive: true, force: true });
});

export async function found(requested: EntrySearch): Promise<number[]> {
  const indexes: number[] = [];
  for (let before: number | undefined = undefined; ;) {
    const page: Awaited<ReturnType<typeof searchEntries>> = await searchEntries(
      access(),
      { ...requested, limit: 1_000, ...defined({ before }) },
      Date.now(),
    );
    indexes.push(...page.entries.map(({ index }) => index));
    if (page.next === undefined) return indexes;
    before = page.next;
  }
}
