/** Versions, stops and the second person: looser versions are refused, and a stop remains in force against every attempt to evade it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import request from 'supertest';
import { answerFault } from '../../tests/contractAnswers.ts';
import {
  activePlans,
  agreement,
  approval,
  approver,
  bothSigned,
  code,
  hub,
  post,
  signature,
  view,
  type Reply,
} from '../../tests/policyHub.ts';
import { automaticAgreement } from '../../policies/automaticAgreement.ts';
import { chinaWorkingCalendar } from '../../terms/calendar/chinaWorkingCalendar.ts';
import { afterWorkingDays } from '../../terms/calendar/workingDays.ts';
import { dayInChina } from '../../terms/civilDate.ts';
import { datasetId } from '../../terms/ids.ts';
import { lapseStops } from '../features/agreements/jobs/lapseStops.ts';
import { startRunner } from '../platform/jobs/runner.ts';
import { providerStopSince } from '../registry/store/policy/stops.ts';
import { registeredSchemas } from '../registry/registeredSchemas.ts';
import { staffCall } from '../../tests/secondPerson.ts';
import { newestLeaves } from '../../tests/flows/leaves.ts';
import { newYear } from '../../tests/newYear.ts';

const documents = '/v1/policy/documents';
const loose = { fields: { name: { mask: 'clear' }, birth_date: { mask: 'clear' } } };
const tight = { fields: { name: { mask: 'personName' } } };
const provider = await hub.token(['steward'], 'pub-security');
const consumer = await hub.token(['steward'], 'education');
const officer = await hub.token(['security']);
const office = await hub.token(['steward'], 'data-office');
const jobs = startRunner(
  {
    database: hub.database,
    audit: hub.services.audit,
    byTime: false,
    random: () => 0,
    report: ({ error }) => hub.failures.push(error),
    ended: () => undefined,
  },
  [lapseStops(hub.database.app)],
);
after(() => jobs.close());
const inForce = async (id: string): Promise<unknown> => {
  const { rows } = await hub.database.app.query<{ version: number }>(
    "SELECT version FROM policy_document WHERE id = $1 AND state IN ('active', 'suspended')",
    [id],
  );
  return rows[0]?.version;
};
const submit = (id: string, version: number, grant: object = {}, token?: string): Promise<Reply> =>
  post(documents, bothSigned(agreement({ id, version }, grant)), token);

describe('a version that waits', () => {
  test('is void once a newer one is in force, however late it is approved', async () => {
    const first = await submit('agr-stale', 1);
    assert.equal((await approval(first)).status, 200);
    const waiting = await submit('agr-stale', 2, loose);
    // the text that an entry names by its digest is found by it, in whatever state
    const { digest } = first.body as { digest: string };
    const found = await staffCall(hub, office, 'GET', `${documents}?digest=${digest}`);
    assert.deepEqual(
      (found.body['documents'] as { id: string; version: number }[]).map(({ id, version }) => [id, version]),
      [['agr-stale', 1]],
    );
    const tighter = await submit('agr-stale', 3, tight);
    assert.equal(tighter.body['state'], 'active', 'what only tightens is in force at once');
    assert.equal(code(await approval(waiting)), 'transition_not_allowed');
    assert.equal(await inForce('agr-stale'), 3);
  });

  test('decides only over the version it was written against', async () => {
    const [one, two] = [await submit('agr-against', 1), await submit('agr-against', 2, loose)];
    assert.equal((await approval(one)).status, 200);
    const refused = await approval(two);
    assert.deepEqual([refused.status, code(refused)], [409, 'version_stale']);
    assert.equal(await inForce('agr-against'), 1);
  });
});

describe('a version whose term begins later', () => {
  const from = newYear(2);
  const inSummer = from.replace('-01-01', '-06-01');
  const later = { valid: { from, until: newYear(3) } };

  test('reports until when nothing is answered, and is approved by a person who has seen that', async () => {
    const id = 'agr-later';
    assert.equal((await approval(await submit(id, 1))).status, 200);
    const document = agreement({ id, version: 2, ...later });
    const tried = await post('/v1/policy/trials', { document }, provider);
    assert.deepEqual([tried.body['gap'], tried.body['tightening']], [{ version: 1, until: from }, false]);
    assert.equal((await post(documents, { document }, provider)).body['state'], 'submitted', 'not at once');
    assert.equal(await inForce(id), 1);
    const waits = await post(documents, bothSigned(document));
    const { effect } = (await view(waits)) as { effect: { gap: unknown; loosens: unknown[] } };
    assert.deepEqual([effect.gap, effect.loosens], [{ version: 1, until: from }, []]);
    const loosensNothing = createHash('sha256').update('[]').digest('hex');
    const unseen = await approval(waits, approver, loosensNothing);
    assert.equal(code(unseen), 'effect_not_accepted');
    const [{ message, ...reported } = {}] = unseen.body['findings'] as Record<string, unknown>[];
    assert.deepEqual(reported, { code: 'no_answers', version: 1, until: from });
    assert.match(
      JSON.stringify(message),
      new RegExp(`第 1 版即告结束；到 ${from.slice(0, 10)}.*version 1, which is in force, ends`),
    );
    assert.equal(await inForce(id), 1);
    assert.equal((await approval(waits)).status, 200);
    assert.equal(await inForce(id), 2);
    const earlier = await submit(id, 3);
    assert.equal('gap' in ((await view(earlier))['effect'] as object), false, 'nothing is lost by it');
  });

  test('is refused where no one approves', async () => {
    const automatic = {
      dataset: 'ecology.air-quality-hourly',
      consumer: 'education',
      purpose: 'school-enrolment',
      valid: { from: newYear(0), until: inSummer },
    };
    const granted = await post(documents, { automatic }, consumer);
    assert.equal(granted.body['state'], 'active');
    const refused = await post(documents, { automatic: { ...automatic, ...later } }, consumer);
    assert.deepEqual([refused.status, code(refused)], [409, 'answers_would_break']);
    assert.match(
      JSON.stringify(refused.body),
      new RegExp(`version 1 answers.*begins at ${from.slice(0, 10)}`),
    );
    const request = {
      automatic: { ...automatic, ...later },
      papers: { reason: 'later', commitment: 'a'.repeat(64) },
    };
    assert.equal(code(await post('/v1/requests', request, consumer)), 'answers_would_break');
    // where it is stopped, nothing breaks off
    const stopped = `${documents}/${String(granted.body['id'])}/suspension`;
    assert.equal((await post(stopped, { reason: 'test' }, officer)).status, 200);
    const next = await post(documents, { automatic: { ...automatic, ...later } }, consumer);
    assert.deepEqual([next.body['version'], next.body['state']], [2, 'suspended'], JSON.stringify(next.body));
  });
});

describe('one person', () => {
  test('tightens without any signature, and loosens nothing', async () => {
    assert.equal((await approval(await submit('agr-tighter', 1))).status, 200);
    const tightened = agreement({ id: 'agr-tighter', version: 2 }, tight);
    const reply = await post(documents, { document: tightened }, provider);
    assert.deepEqual([reply.body['state'], reply.body['missing']], ['active', undefined]);
    assert.equal((await activePlans()).has('agr-tighter'), true, 'it is relied on without signatures');
    const back = await post(documents, { document: agreement({ id: 'agr-tighter', version: 3 }) }, provider);
    assert.deepEqual(
      [back.body['state'], back.body['missing']],
      ['submitted', ['pub-security', 'education']],
    );
    const longer = { from: newYear(-1), until: newYear(2) };
    const term = agreement({ id: 'agr-tighter', version: 4, valid: longer }, tight);
    assert.equal((await post(documents, { document: term }, provider)).body['state'], 'submitted');
  });

  test('changes no reason for a field: the consumer signs', async () => {
    const reasons = { name: 'to compare it with the form' };
    assert.equal((await approval(await submit('agr-reasons', 1, { ...tight, reasons }))).status, 200);
    const version = async (number: number, grant: object): Promise<unknown[]> => {
      const document = agreement({ id: 'agr-reasons', version: number }, grant);
      const { body } = await post(documents, { document }, provider);
      return [body['state'], body['missing']];
    };
    const waits = ['submitted', ['pub-security', 'education']];
    assert.deepEqual(await version(2, { ...tight, reasons: { name: 'statistics' } }), waits);
    assert.deepEqual(await version(3, tight), waits);
    const tighter = { fields: { name: { mask: 'personName', fixed: true } }, reasons };
    assert.deepEqual(await version(4, tighter), ['active', undefined]);
  });

  test('of the data office tightens all, and what a floor of today hides is no tightening', async () => {
    const restriction = {
      kind: 'Restriction',
      id: 'res-names',
      version: 1,
      when: { dataset: ['pub-security.household'], field: ['name'] },
      floor: { mask: 'personName' },
    };
    const set = await post(documents, { document: restriction }, office);
    assert.deepEqual([set.status, set.body['state']], [201, 'active'], JSON.stringify(set.body));
    assert.equal(
      code(await post(documents, { document: { ...restriction, id: 'res-own' } }, provider)),
      'not_your_department',
    );
    // clear today makes no difference under the floor, but would the day the floor goes
    const hidden = agreement({ id: 'agr-tighter', version: 5 }, { fields: { name: { mask: 'clear' } } });
    assert.equal((await post(documents, { document: hidden }, provider)).body['state'], 'submitted');
    const gone = { ...restriction, version: 2, floor: { mask: 'clear' } };
    const loosened = await post(documents, { document: gone }, office);
    assert.equal(loosened.body['state'], 'submitted', JSON.stringify(loosened.body));
  });
});

describe('an approval', () => {
  test('is of the text and of what it loosens today: when that changes, it is void', async () => {
    const reply = await submit('agr-effect', 1);
    const shown = await view(reply);
    const effect = shown['effect'] as { digest: string; loosens: object[] };
    assert.ok(effect.loosens.length > 0);
    assert.deepEqual(
      (shown['signatures'] as { department: string }[]).map(({ department }) => department),
      ['pub-security', 'education'],
    );
    const path = `${documents}/agr-effect/versions/1/approval`;
    const digest = reply.body['digest'];
    const wrong = await post(path, { digest, effect: 'b'.repeat(64) }, approver);
    assert.deepEqual([wrong.status, code(wrong)], [409, 'effect_not_accepted']);
    assert.equal(code(await post(path, { digest, effect: effect.digest }, consumer)), 'not_your_department');
    assert.equal((await post(path, { digest, effect: effect.digest }, provider)).body['state'], 'active');
    const held = (await newestLeaves(hub.database, 5)).find(
      ({ operation, decision }) => operation === 'approvePolicyDocument' && decision === 'allow',
    );
    assert.equal(held?.change?.['effect'], effect.digest, 'the entry says what was looked at');
  });

  test('waits in the inbox of those who may decide, and of no one else', async () => {
    await submit('agr-inbox', 1, {}, provider);
    const waiting = async (token: string): Promise<string[]> => {
      const reply = await request(`https://localhost:${hub.ports.staff}`)
        .get('/v1/inbox')
        .ca(hub.ca)
        .set('authorization', `Bearer ${token}`);
      assert.equal(answerFault('listWaiting', reply.status, reply.body), '');
      return (reply.body as { documents: { id: string }[] }).documents.map(({ id }) => id);
    };
    assert.ok((await waiting(approver)).includes('agr-inbox'));
    assert.ok((await waiting(officer)).includes('agr-inbox'));
    for (const token of [provider, consumer]) assert.ok(!(await waiting(token)).includes('agr-inbox'));
  });

  test('compares persons: another token of the author is still the author', async () => {
    const reply = await submit('agr-twice', 1, {}, provider);
    const { body } = await post('/v1/tokens', {}, provider);
    assert.equal(code(await approval(reply, String(body['token']))), 'four_eyes');
    await assert.rejects(
      hub.database.owner.query("UPDATE policy_document SET approver = author WHERE id = 'agr-twice'"),
      { code: '23514' },
    );
  });
});

describe('a stop', () => {
  const stop = (id: string, token: string, reason = 'test'): Promise<Reply> =>
    post(`${documents}/${id}/suspension`, { reason }, token);
  const resume = (id: string, token: string): Promise<Reply> =>
    post(`${documents}/${id}/resumption`, { reason: 'test' }, token);
  const suspended = async (id: string): Promise<boolean | undefined> =>
    ((await activePlans()).get(id) as { suspended: boolean } | undefined)?.suspended;

  test('is each side’s own: none lifts another’s but the data office, and all must be lifted', async () => {
    const id = 'agr-stops';
    assert.equal((await approval(await submit(id, 1))).status, 200);
    assert.deepEqual((await stop(id, provider)).body['stopped'], ['provider']);
    assert.deepEqual((await stop(id, officer)).body['stopped'], ['provider', 'security']);
    for (const token of [consumer, await hub.token(['security'], 'education')]) {
      assert.equal(code(await resume(id, token)), 'stop_not_yours');
    }
    assert.equal(await suspended(id), true, 'its entries bear the stop out');
    const lifted = await resume(id, provider);
    assert.deepEqual([lifted.body['state'], lifted.body['stopped']], ['suspended', ['security']]);
    assert.equal(code(await resume(id, provider)), 'stop_not_yours');
    assert.equal(await suspended(id), true);
    const again = await resume(id, office);
    assert.deepEqual([again.body['state'], again.body['stopped']], ['active', undefined]);
    assert.equal(await suspended(id), false);
    assert.equal(code(await resume(id, office)), 'transition_not_allowed');
  });

  test('applies to a new version, approved or automatic, and the answer shows it', async () => {
    const id = 'agr-carried';
    assert.equal((await approval(await submit(id, 1))).status, 200);
    await stop(id, officer);
    const next = await submit(id, 2, loose);
    assert.equal((await approval(next)).body['state'], 'suspended');
    assert.equal(await suspended(id), true);
    assert.equal((await submit(id, 2, loose)).body['state'], 'suspended', 'not merely unchanged');
    assert.equal((await resume(id, officer)).body['state'], 'active');

    const ask = (until: string): Promise<Reply> =>
      post(
        documents,
        {
          automatic: {
            dataset: 'ecology.air-quality-hourly',
            consumer: 'education',
            purpose: 'environment-study',
            valid: { from: newYear(0), until },
          },
        },
        consumer,
      );
    const granted = await ask(newYear(2));
    assert.equal(granted.body['state'], 'active', JSON.stringify(granted.body));
    const automatic = String(granted.body['id']);
    assert.deepEqual((await stop(automatic, officer)).body['stopped'], ['security']);
    const other = await ask(newYear(2).replace('-01-01', '-06-01'));
    assert.deepEqual([other.body['state'], other.body['stopped']], ['suspended', ['security']]);
    assert.equal(await suspended(automatic), true);
    assert.equal(code(await resume(automatic, consumer)), 'stop_not_yours');
  });

  test('of the provider goes on by itself after five working days, lifted and made again or not, unless the data office stops it too', async () => {
    const [alone, confirmed] = ['agr-lapses', 'agr-confirmed'];
    for (const id of [alone, confirmed]) {
      assert.equal((await approval(await submit(id, 1))).status, 200);
      assert.deepEqual((await stop(id, provider)).body['stopped'], ['provider']);
      const again = await stop(id, provider);
      assert.deepEqual([again.body['changed'], again.body['stopped']], [false, ['provider']]);
      const other = await stop(id, provider, 'another word');
      assert.deepEqual([other.status, code(other)], [409, 'already_stopped']);
      const today = dayInChina(Date.now());
      assert.match(
        String(other.body['title']),
        new RegExp(`provider.* on ${today}`),
        JSON.stringify(other.body),
      );
    }
    assert.deepEqual((await stop(confirmed, office, 'under review')).body['stopped'], ['provider', 'office']);
    const waiting = async (token: string, id: string): Promise<Record<string, unknown> | undefined> =>
      ((await staffCall(hub, token, 'GET', '/v1/inbox')).body['stops'] as Record<string, unknown>[]).find(
        ({ agreement }) => agreement === `${id}@1`,
      );
    const counted = async (): Promise<number> => (await providerStopSince(hub.database.app, alone)) ?? 0;
    const passed = (days: number): Promise<unknown> =>
      hub.database.owner.query('UPDATE provider_stop SET first = first - make_interval(days => $1)', [days]);
    const begun = await counted();
    const until = afterWorkingDays(dayInChina(begun), 5, chinaWorkingCalendar).day;
    for (const token of [consumer, provider, office]) {
      const { sides, until: day } = (await waiting(token, alone)) ?? {};
      assert.deepEqual([sides, day], [['provider'], until], 'told to both parties and the office');
    }
    const foreign = await hub.token(['steward'], 'ecology');
    assert.equal(await waiting(foreign, alone), undefined);
    const both = (await waiting(office, confirmed)) ?? {};
    // why, side by side, to both parties and the office, in the inbox and next to the document; to no one else
    const untimed = (reasons: unknown): unknown =>
      (reasons as Record<string, string>[]).map(({ since = '', ...one }) => {
        assert.ok(Math.abs(Date.parse(since) - begun) < 3_600_000, since);
        return one;
      });
    const why = [
      { side: 'provider', reason: 'test' },
      { side: 'office', reason: 'under review' },
    ];
    const shown = `${documents}/${confirmed}/versions/1`;
    for (const token of [consumer, provider, office]) {
      assert.deepEqual(untimed((await waiting(token, confirmed))?.['reasons']), why);
      const { body } = await staffCall(hub, token, 'GET', shown);
      assert.deepEqual([body['stopped'], untimed(body['reasons'])], [['provider', 'office'], why]);
    }
    assert.equal((await staffCall(hub, foreign, 'GET', shown)).body['code'], 'not_your_department');
    const since = dayInChina(Date.parse(String(both['since'])));
    const reviewed = afterWorkingDays(since, 20, chinaWorkingCalendar).day;
    assert.deepEqual([both['until'], both['due'], both['overdue']], [undefined, reviewed, false]);
    assert.equal((await waiting(office, alone))?.['due'], until);
    assert.equal(await jobs.run('lapseStops'), 'ok');
    assert.equal(await suspended(alone), true, 'its days are not over');
    await resume(alone, provider);
    await stop(alone, provider);
    assert.equal(await counted(), begun, 'lifting and stopping again adds no time');
    await passed(25);
    assert.equal(await jobs.run('lapseStops'), 'ok');
    assert.equal(await suspended(alone), false);
    assert.equal(await suspended(confirmed), true, 'the office has confirmed it');
    const held = (await newestLeaves(hub.database, 5)).find(({ operation }) => operation === 'lapseStops');
    assert.deepEqual(
      [held?.consumer, held?.provider, held?.agreement, held?.change?.['state']],
      ['education', 'pub-security', alone, 'active'],
    );
    assert.equal(code(await stop(alone, provider)), 'stop_spent');
    assert.deepEqual((await stop(alone, officer)).body['stopped'], ['security'], 'the officer still may');
    await passed(9);
    assert.deepEqual((await stop(alone, provider)).body['stopped'], ['provider', 'security']);
  });

  test('is what the database calls suspended', async () => {
    await assert.rejects(
      hub.database.owner.query(
        "UPDATE policy_document SET state = 'suspended' WHERE id = 'agr-stale' AND version = 3",
      ),
      { code: '23514' },
    );
  });
});

describe('the number of an agreement', () => {
  test('remains its parties’: no one else reads, tries or displaces it by a further version under the same number', async () => {
    const id = 'agr-foreign';
    assert.equal((await approval(await submit(id, 1))).status, 200);
    const stranger = await hub.token(['steward'], 'ecology');
    const otherAgreement = agreement(
      { id, version: 2, provider: 'ecology', consumer: 'ecology', purposes: ['environment-study'] },
      {
        dataset: 'ecology.air-quality-hourly',
        schema: 'air-quality-hourly@1',
        fields: { pm25: { mask: 'clear' } },
      },
    );
    const signatures = [
      signature(otherAgreement, 'provider', 'ecology'),
      signature(otherAgreement, 'consumer', 'ecology'),
    ];
    for (const version of [1, 2, 3]) {
      const tried = await post('/v1/policy/trials', { document: { ...otherAgreement, version } }, stranger);
      assert.equal(code(tried), 'parties_differ', JSON.stringify(tried.body));
      assert.doesNotMatch(JSON.stringify(tried.body), /pub-security|education/);
    }
    const submitted = await post(documents, { document: otherAgreement, signatures }, stranger);
    assert.equal(code(submitted), 'parties_differ', JSON.stringify(submitted.body));
    assert.equal(await inForce(id), 1);
    const read = await staffCall(hub, stranger, 'GET', `${documents}/${id}/versions/1`);
    assert.equal(read.body['code'], 'not_your_department');
  });
});

describe('an unknown number', () => {
  before(async () => {
    for (const named of ['transport', 'pub']) {
      const body = { code: named, name: { zh: named, en: named }, kind: 'government' };
      assert.equal((await post('/v1/departments', body)).status, 201);
    }
  });
  const air = (id: string, consumer: string) =>
    agreement(
      { id, version: 1, provider: 'ecology', consumer, purposes: ['environment-study'] },
      {
        dataset: 'ecology.air-quality-hourly',
        schema: 'air-quality-hourly@1',
        fields: { pm25: { mask: 'clear' } },
      },
    );
  const put = async (document: object): Promise<Reply> =>
    post(documents, { document }, await hub.token(['steward'], 'ecology'));

  test('is not taken where the hub itself would write it: what is shared unconditionally cannot be blocked so', async () => {
    const valid = { from: newYear(0), until: newYear(3) };
    const asking = {
      automatic: {
        dataset: 'ecology.air-quality-hourly',
        consumer: 'transport',
        purpose: 'environment-study',
        valid,
      },
    };
    const { id } = automaticAgreement(
      datasetId(asking.automatic.dataset),
      (await registeredSchemas(hub.database.app)).get('urn:datong:air-quality-hourly:1.0') ?? assert.fail(),
      'transport',
      'environment-study',
      valid,
    );
    assert.equal(code(await put(air(id, 'education'))), 'automatic_by_hub_only');
    const restriction = {
      kind: 'Restriction',
      id,
      version: 1,
      when: { field: ['name'] },
      floor: { mask: 'drop' },
    };
    assert.equal(code(await post(documents, { document: restriction }, office)), 'automatic_by_hub_only');
    const granted = await post(documents, asking, await hub.token(['steward'], 'transport'));
    assert.deepEqual(
      [granted.body['id'], granted.body['state']],
      [id, 'active'],
      JSON.stringify(granted.body),
    );
  });

  test('and begins with the code of a department is that department’s as a consumer, the longest code first', async () => {
    const refused = await put(air('agr-education-7', 'transport'));
    assert.equal(code(refused), 'number_of_department');
    assert.match(JSON.stringify(refused.body), /agr-education-7.*education/);
    const longer = await put(air('agr-pub-security-7', 'pub'));
    assert.match(JSON.stringify(longer.body), /begins with the code of pub-security:/);
    for (const [id, consumer] of [
      ['agr-education-7', 'education'],
      ['agr-educational-7', 'transport'],
      ['agr-7-education-7', 'transport'],
    ] as const)
      assert.equal((await put(air(id, consumer))).status, 201, id);
    // the holder of a number retains it
    assert.equal(code(await put({ ...air('agr-education-7', 'transport'), version: 2 })), 'parties_differ');
  });
});

test('a signature of a restriction stays the data office’s', async () => {
  const restriction = {
    kind: 'Restriction',
    id: 'res-forged',
    version: 1,
    when: { field: ['name'] },
    floor: { mask: 'drop' },
  };
  const signatures = [signature(restriction, 'data-office', 'education')];
  assert.equal(
    code(await post(documents, { document: restriction, signatures }, office)),
    'policy_signature_invalid',
  );
});

test('no failure of the hub itself came to light', () => assert.deepEqual(hub.failures, []));
