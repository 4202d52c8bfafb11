/** Accesses that are withheld from a person for a while: two persons decide, until a day. Run on the hub of consent.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import type { SignedSubjectView } from '../../clients/sdk/subjects.ts';
import type { Database } from '../../hub/platform/database/database.ts';
import type { TestHub } from '../hub.ts';
import { readBackIsOver, takenOut } from '../takenOut.ts';
import { newestIndexOf } from './leaves.ts';

export const reported = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => {
      assert.ok(error instanceof DatongProblem, String(error));
      return error.code;
    },
  );

interface StaffReply {
  readonly status: number;
  readonly json: Record<string, unknown>;
  readonly code: unknown;
}

interface DelayStage {
  readonly hub: TestHub;
  readonly database: Database;
  readonly person: string;
  readonly police: DatongClient;
  /** Education queries the person. */
  readonly ask: () => Promise<unknown>;
  readonly view: (person: string, more?: object) => Promise<SignedSubjectView>;
  readonly looksOf: (person: string) => Promise<readonly string[]>;
  readonly staff: (token: string, method: string, path: string, body?: object) => Promise<StaffReply>;
  /** Proposed by one person, accepted by another. */
  readonly agreed: (by: string, path: string, body: object) => Promise<void>;
}

export function viewDelayTest({
  hub,
  database,
  person,
  police,
  ask,
  view,
  looksOf: accessRecordsOf,
  staff,
  agreed,
}: DelayStage): void {
  test('an access that would hinder an investigation is shown after its day, or when it ends; two persons decide', async () => {
    assert.equal(await reported(ask()), 'consent_missing');
    await police.consents(person);
    const before = await accessRecordsOf(person);
    assert.deepEqual(before, ['pub-security listConsents answered', 'education queryDataset refused']);
    const asker = await hub.token('school-security', ['security'], 'education');
    const delay = {
      subject: { kind: 'person', value: person },
      department: 'education',
      reference: '监察法',
      clause: '第四十五条',
      until: new Date(hub.hub.database.now() + 86_400_000).toISOString(),
    };
    const post = (token: string, body: object) => staff(token, 'POST', '/v1/view-delays', body);
    assert.equal((await post(asker, { ...delay, department: 'pub-security' })).code, 'not_your_department');
    const far = new Date(hub.hub.database.now() + 181 * 86_400_000).toISOString();
    for (const change of [{ until: far }, { until: '2026-01-01T00:00:00Z' }, { clause: person }])
      assert.equal(
        (await post(asker, { ...delay, ...change })).code,
        'delay_invalid',
        JSON.stringify(change),
      );
    await agreed(asker, '/v1/view-delays', delay);
    const without = (looks: readonly string[]) => looks.filter((look) => !look.includes('viewSubject'));
    assert.deepEqual(without(await accessRecordsOf(person)), ['pub-security listConsents answered']);
    assert.equal((await view(person, { limit: 1 })).view.looks.length, 1, 'a page is as full as any');
    // a number of what is gone would reveal that something was there of which the person is not to learn
    const index = await newestIndexOf(database, 'queryDataset');
    await readBackIsOver();
    await takenOut(database, [index], async () => {
      assert.equal((await view(person)).view.missing, undefined);
    });
    assert.equal((await post(asker, { ...delay, clause: '第一条' })).code, 'already_registered');
    const { json } = await staff(asker, 'GET', '/v1/view-delays');
    const [listed, ...others] = json['delays'] as { id: string; department: string }[];
    assert.deepEqual([listed?.department, others], ['education', []]);
    assert.equal(JSON.stringify(json).includes(person), false);
    const police2 = await hub.token('police-security', ['security'], 'pub-security');
    assert.deepEqual((await staff(police2, 'GET', '/v1/view-delays')).json['delays'], []);
    const path = `/v1/view-delays/${listed?.id ?? ''}/end`;
    assert.equal((await staff(police2, 'POST', path, { reason: '办结' })).code, 'not_your_department');
    assert.equal((await staff(asker, 'POST', path, { reason: '办结' })).status, 200);
    assert.equal((await staff(asker, 'POST', path, { reason: '办结' })).code, 'transition_not_allowed');
    assert.deepEqual(without(await accessRecordsOf(person)), before);
    await agreed(asker, '/v1/view-delays', delay);
    await database.owner.query("UPDATE view_delay SET until = now() - interval '1 second'");
    assert.deepEqual(without(await accessRecordsOf(person)), before, 'it runs out by itself');
    // shown to no one by anyone else: that an access was there at all is next to the log
    await takenOut(database, [index], async () => {
      assert.deepEqual(without(await accessRecordsOf(person)), ['pub-security listConsents answered']);
      assert.equal((await view(person)).view.missing, 1);
      assert.equal((await view(person, { limit: 1 })).view.missing, undefined, 'each page tells its own');
    });
    assert.equal((await view(person)).view.missing, undefined);
  });
}
