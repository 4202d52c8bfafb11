/** A dataset that is merged by key goes back to a version that it left, whose rows a legal hold retains; for changeover.test.ts. */
import assert from 'node:assert/strict';
import type { StaffAnswer, TestHub } from '../hub.ts';
import { requestedHold } from './requestedHold.ts';
import { mapping, mappingOf, rowsMappingOf } from './householdVersions.ts';

interface Back {
  readonly hub: TestHub;
  /** the dataset */
  readonly merged: string;
  /** tokens of persons */
  readonly author: string;
  readonly second: string;
  readonly officer: string;
  /** begins a changeover of it */
  readonly start: (more: object, mappings: readonly object[]) => Promise<StaffAnswer>;
  readonly fillAll: () => Promise<void>;
  /** the pending switch */
  readonly shown: () => Promise<{ readonly digest?: string }>;
  /** of a major version */
  readonly rows: (major: number) => Promise<readonly string[]>;
  readonly word: object;
  readonly limits: object;
}

/** Going back would empty the table that was left: under legal hold, also one that waits for its second person, nothing goes. */
export async function staysUnderHold(back: Back): Promise<void> {
  const { hub, merged, author, second, officer, start, fillAll, shown, rows, word, limits } = back;
  const before = [await rows(1), await rows(2)];
  const again = await start({ schema: 'urn:datong:household:1.0', rowsBy: 'pub-security/rows' }, [
    mappingOf(1, 3, { mapping: 'pub-security/people@3', fields: mapping.fields, limits }),
    rowsMappingOf(1, 'pub-security/rows@2', {}, { mobile: { const: null } }),
  ]);
  assert.equal(again.status, 202, JSON.stringify(again.json));
  await fillAll();
  const withdraw = await requestedHold(hub, officer, merged, 'SS-2026-0013');
  const decision = `/v1/datasets/${merged}/changeover/decision`;
  const refused = await hub.staff(second, 'POST', decision, { ...word, digest: (await shown()).digest });
  assert.deepEqual([refused.status, refused.json['code']], [409, 'under_legal_hold']);
  assert.deepEqual([await rows(1), await rows(2)], before, 'each row is where it was');
  const given = await hub.staff(author, 'POST', decision, { act: 'abandon', reason: '诉讼' });
  assert.equal(given.status, 200, JSON.stringify(given.json));
  await withdraw();
}
