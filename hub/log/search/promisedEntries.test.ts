/** A missing entry of a log is missed by readers of index or token: it was removed, or other bytes are in its row. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWholeLog } from '../../../tests/readWholeLog.ts';
import {
  access,
  child,
  database,
  found,
  leaves,
  reverified,
  tamper,
  total,
} from '../../../tests/rhythmicLog.ts';
import { entriesAbout } from '../evidence/entriesAbout.ts';
import { ownEntries } from '../evidence/ownEntries.ts';
import { searchEntries, type EntrySearch } from '../evidence/searchEntries.ts';
import { termOf } from './slotValues.ts';

const atOf = (index: number): string => leaves[index]?.at ?? '';

test('a removed entry is missed where it belongs: by the index, and by its subject', async () => {
  const searched = async (search: EntrySearch) => {
    const { entries, missing, next } = await searchEntries(access(), search, Date.now());
    return { found: entries.map(({ index }) => index), missing, next };
  };
  // of a whole chunk, and of the youngest entries, which the index has not reached
  const [old, young] = [1_077, 2_577];
  const all = await searched({ subject: child });
  assert.deepEqual([all.found, all.missing], [[2_577, 2_077, 1_577, 1_077, 577, 77], undefined]);
  await tamper(`CREATE TABLE taken_out AS SELECT * FROM audit_entry WHERE idx IN (${old}, ${young});
    DELETE FROM audit_entry WHERE idx IN (${old}, ${young})`);
  const left = [2_077, 1_577, 577, 77];
  assert.deepEqual(await searched({ subject: child }), {
    found: left,
    missing: [young, old],
    next: undefined,
  });
  assert.deepEqual((await searched({ subject: child, before: 2_577 })).missing, [old]);
  // where nothing is asked for, or a time alone, every entry belongs
  assert.deepEqual((await searched({ limit: 1_000 })).missing, [young]);
  assert.deepEqual((await searched({ limit: 1_000, from: atOf(2_500) })).missing, [young]);
  assert.equal((await searched({ limit: 1_000, decision: 'allow' })).missing, undefined);
  assert.deepEqual(await searched({ matter: `RX-2026-${old}` }), {
    found: [],
    missing: [old],
    next: undefined,
  });
  assert.equal((await searched({ matter: 'RX-2026-1078' })).missing, undefined);
  // each page reports its own; a department's auditor what the index attributes to the department
  assert.deepEqual(await searched({ subject: child, limit: 2 }), {
    found: [2_077, 1_577],
    missing: [young],
    next: 1_577,
  });
  assert.deepEqual((await searched({ subject: child, limit: 2, before: 1_577 })).missing, [old]);
  assert.deepEqual((await searched({ subject: child, scope: 'pub-security' })).missing, [old]);
  assert.equal((await searched({ subject: child, scope: 'ecology' })).missing, undefined);
  // a span counts what is gone by the times of its neighbours
  const time = (index: number, hours: number): string =>
    new Date(Date.parse(atOf(index)) + hours * 3_600_000).toISOString();
  const missed = async (search: EntrySearch) => (await searched(search)).missing;
  for (const [index, about] of [
    [old, { matter: `RX-2026-${old}` }],
    [old, { subject: child }],
    [young, { subject: child }],
  ] as const) {
    assert.deepEqual(await missed({ ...about, from: time(index, -1), until: time(index, 1) }), [index]);
    assert.equal(await missed({ ...about, from: time(index, -2), until: time(index, -1) }), undefined);
    assert.equal(await missed({ ...about, from: time(index, 1), until: time(index, 2) }), undefined);
  }
  assert.deepEqual(await missed({ subject: child, until: time(young, -1) }), [old]);
  assert.equal(await missed({ subject: child, from: time(young, 1) }), undefined);
  assert.equal(await missed({ subject: child, from: time(77, -1), until: time(77, 1) }), undefined);
  // of what the index has not reached nothing says what else it said
  assert.equal(await missed({ subject: child, matter: 'RX-2026-77' }), undefined);
  assert.equal(await missed({ subject: child, matter: `RX-2026-${young}` }), undefined);
  assert.deepEqual(await missed({ subject: child, provider: 'pub-security' }), [old]);
  // a department's own list names what it asked for, and nothing of which it was the other side
  const own = async (department: string, more: object = {}) =>
    (await ownEntries(access(), department, { limit: 5_000, ...more })).missing;
  assert.deepEqual(await own('education'), [old]);
  assert.deepEqual(await own('education', { dataset: 'ecology.air', after: old - 1 }), [old]);
  for (const [department, more] of [
    ['pub-security', {}],
    ['transport', {}],
    ['education', { decision: 'deny' }],
    ['education', { before: old }],
    ['education', { after: old }],
  ] as const)
    assert.equal(await own(department, more), undefined, `${department} ${JSON.stringify(more)}`);
  // nor is it forgotten after a query: what the index held remains, its list too
  const gone = [`entry_missing ${old}`, `entry_missing ${young}`];
  const known = { matter: `RX-2026-${old}`, scope: 'pub-security', operation: 'checkFact' };
  assert.deepEqual(await missed(known), [old]);
  for (const unlist of ['', 'DELETE FROM audit_posted WHERE chunk = 1']) {
    await tamper(unlist);
    if (unlist !== '') await readWholeLog(database.app, total);
    assert.deepEqual(await reverified(), gone);
    assert.deepEqual(await missed(known), [old]);
    assert.deepEqual(await missed({ subject: child, scope: 'pub-security' }), [old]);
    assert.deepEqual(await own('education'), [old]);
  }
  // of a missing entry at the end of a chunk, when the chunk ended; of an overwritten one, what was there
  const edge = 2_047;
  const atEdge = { matter: `RX-2026-${edge}`, scope: 'pub-security', from: atOf(edge) };
  await tamper(`INSERT INTO taken_out SELECT * FROM audit_entry WHERE idx IN (1079, 1085, ${edge});
    DELETE FROM audit_entry WHERE idx = ${edge};
    UPDATE audit_entry SET leaf = (SELECT leaf FROM audit_entry WHERE idx = 1080) WHERE idx = 1079;
    UPDATE audit_entry SET leaf = 'no leaf' WHERE idx = 1085`);
  assert.deepEqual(await missed(atEdge), [edge]);
  assert.deepEqual(await reverified(), [
    ...['entry_altered 1079', 'entry_altered 1085', `entry_missing ${old}`, `entry_missing ${edge}`],
    `entry_missing ${young}`,
  ]);
  assert.deepEqual(await missed(atEdge), [edge]);
  await tamper('DELETE FROM audit_entry WHERE idx IN (1079, 1085)');
  for (const index of [1_079, 1_085])
    assert.deepEqual(await missed({ matter: `RX-2026-${index}`, scope: 'pub-security' }), [index]);
  // while what was taken out next to them is found
  await tamper(
    `DELETE FROM audit_posting WHERE chunk = 1 AND term = ${termOf('matter', 'RX-2026-1090')};
     UPDATE audit_posted SET last_at = first_at WHERE chunk = 1`,
  );
  assert.equal((await reverified()).filter((one) => one === 'index_altered 1024').length, 1);
  assert.deepEqual(await found({ matter: 'RX-2026-1090', from: atOf(1_090) }), [1_090]);
  assert.deepEqual(await missed(known), [old]);
  await tamper(`INSERT INTO audit_entry SELECT * FROM taken_out WHERE idx IN (1079, 1085, ${edge});
    DELETE FROM taken_out WHERE idx IN (1079, 1085, ${edge})`);
  // the hour at which the chunk ended was overwritten while its last entry was gone
  assert.deepEqual(await reverified(), [...gone, 'index_altered 1024']);
  // a row that claims a destruction excuses nothing: no entry records it
  await tamper(
    `INSERT INTO entry_destruction VALUES (gen_random_uuid(), gen_random_uuid(), 1024, '{}', gen_random_uuid())`,
  );
  assert.deepEqual(await missed({ subject: child }), [young, old]);
  await tamper('DELETE FROM entry_destruction');
  // of more than are named it is said that they are more
  await tamper(`INSERT INTO taken_out SELECT * FROM audit_entry WHERE idx BETWEEN 10 AND 1009;
    DELETE FROM audit_entry WHERE idx BETWEEN 10 AND 1009`);
  const many = await searchEntries(access(), { limit: 1_000, before: 1_020 }, Date.now());
  assert.deepEqual([many.missing?.length, many.moreMissing], [1_000, undefined]);
  const more = await searchEntries(access(), { limit: 1_000, before: 1_080 }, Date.now());
  assert.deepEqual(
    [more.missing?.length, more.missing?.[0], more.missing?.at(-1), more.moreMissing],
    [1_000, old, 11, true],
  );
  assert.equal(
    (await reverified()).some((one) => one.startsWith('index_')),
    false,
  );
  await tamper(`INSERT INTO taken_out SELECT * FROM audit_entry WHERE idx < 1024;
    DELETE FROM audit_entry WHERE idx < 1024`);
  const span = { from: time(600, -1), until: time(600, 1), before: 1_020 };
  await reverified();
  assert.equal(
    (await searchEntries(access(), span, Date.now())).missing?.length,
    1_000,
    'of a chunk all of which is gone',
  );
  await tamper('INSERT INTO audit_entry SELECT * FROM taken_out; DROP TABLE taken_out');
  assert.deepEqual(await reverified(), []);
  assert.deepEqual(await searched({ subject: child }), all);
});

test('an entry that was overwritten is missed as one that was taken out, of whole chunks and of the youngest', async () => {
  const own = async () => {
    const { entries, missing } = await ownEntries(access(), 'education', { limit: 5_000 });
    return [entries.map(({ index }) => index), missing] as const;
  };
  const about = async (limit: number) => {
    const question = { subject: child, limit, isReported: () => true };
    const { entries, missing, more } = await entriesAbout(access(), question, Date.now());
    return [entries.map(({ leaf }) => leaf.id), missing, more] as const;
  };
  const searched = async (search: EntrySearch) => {
    const { entries, missing } = await searchEntries(access(), search, Date.now());
    return [entries.map(({ index }) => index), missing] as const;
  };
  const personIndexes = [2_577, 2_077, 1_577, 1_077, 577, 77];
  const idsOf = (indexes: readonly number[]) => indexes.map((index) => leaves[index]?.id);
  const all = (await own())[0];
  assert.deepEqual(await about(10), [idsOf(personIndexes), 0, false]);
  for (const index of [1_077, 2_577])
    for (const leaf of ["'\\x00'", '(SELECT leaf FROM audit_entry WHERE idx = 5)']) {
      const place = personIndexes.indexOf(index);
      const others = personIndexes.filter((one) => one !== index);
      await tamper(`CREATE TABLE overwritten AS SELECT * FROM audit_entry WHERE idx = ${index};
        UPDATE audit_entry SET leaf = ${leaf} WHERE idx = ${index}`);
      assert.deepEqual(await about(10), [idsOf(others), 1, false], leaf);
      // each page reports its own
      assert.deepEqual(await about(1), [idsOf(others.slice(0, 1)), place === 0 ? 1 : 0, true]);
      assert.deepEqual(await about(5), [idsOf(others), 1, false]);
      // what was not in the index yet is in no list: only its leaf recorded who acted
      const [entries, missing] = await own();
      assert.deepEqual(
        entries,
        all.filter((one) => one !== index),
      );
      if (index < 2_048) assert.deepEqual(missing, [index]);
      // bytes that are no leaf are shown: they say that they were altered; a leaf of another is not
      const shown = leaf.startsWith("'");
      assert.deepEqual(
        await searched({ subject: child }),
        shown ? [personIndexes, undefined] : [others, [index]],
        `${index} ${leaf}`,
      );
      const near = { from: atOf(index - 10), until: atOf(index + 10), limit: 1_000 };
      const [here, gone] = await searched(near);
      assert.deepEqual([here.includes(index), gone], shown ? [true, undefined] : [false, [index]]);
      await tamper(`UPDATE audit_entry AS e SET leaf = o.leaf FROM overwritten AS o WHERE e.idx = o.idx;
        DROP TABLE overwritten`);
    }
  assert.deepEqual(await about(10), [idsOf(personIndexes), 0, false]);
});
