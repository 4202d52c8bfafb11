/** The archive of an event: complete for its publisher and the data office, verified without the hub, and refused after any change. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DatongProblem } from '../../../../clients/sdk/datongProblem.ts';
import type { EventArchive } from '../../../../clients/sdk/events.ts';
import { parseAnchors } from '../../../../log/anchors.ts';
import { checkEventArchive } from '../../../../log/pack/eventArchive.ts';
import { writeDemoState } from '../../../../tests/demoState.ts';
import { samples, type Machine } from '../../../../tests/hub.ts';
import { samplePlan } from '../../../../tests/samplePlan.ts';
import { typedDatong } from '../../../../tests/typedDatong.ts';
import { cityHub } from '../../../../tests/cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 12 });
const home = mkdtempSync(join(tmpdir(), 'datong-event-archive-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const pm25 =
  '    pm25: { x-title: { zh: PM2.5, en: PM2.5 }, type: number, minimum: 0, x-sensitivity: L1, x-personal: none }\n';
const topicFile = readFileSync(join(samples, 'air-warning/topic.yaml'), 'utf8');
writeFileSync(join(home, 'topic.yaml'), topicFile.replace(/^ {4}duty_phone:/m, `${pm25}$&`));
await city.apply(join(home, 'topic.yaml'));
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
await city.apply('air-warning/response.yaml');
// a plan may compare with a fraction
await samplePlan(hub, {
  when: [
    { field: 'level', op: 'in', value: ['orange', 'red'] },
    { field: 'pm25', op: 'range', value: { gte: 35.5 } },
  ],
});
await city.apply('air-warning/response-agreement.yaml', [city.education, city.ecology]);
const topic = 'ecology.air-warnings';
const { events: school } = city.education.client;
const warn = async (id: string): Promise<string> => {
  const { json } = await city.ecology.client.events.publish(topic, [
    {
      specversion: '1.0',
      id,
      source: 'test',
      type: 'ecology.air-warning-issued',
      data: { warning_id: id, district: '990101', level: 'red', pm25: 80.25 },
    },
  ]);
  return json.events[0]?.event ?? assert.fail();
};
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => (error instanceof DatongProblem ? error.code : String(error)),
  );
const use = (): Promise<string> =>
  codeOf(
    city.education.client.query(
      'ecology.air-quality-hourly',
      { fields: ['station'] },
      { purpose: 'pollution-response', agreement: 'agr-pollution-response' },
    ),
  );

const why = { purpose: 'public-service', agreement: 'agr-air-warnings' };
const { id: subscription } = (await school.subscribe({ topic }, why)).json;
const event = await warn('w-1');
await school.pull(subscription);
await school.acknowledge(event, 'received');
await use();
await database.owner.query(
  `UPDATE event_step SET due_at = due_at - interval '700 seconds', next_at = next_at - interval '700 seconds'
    WHERE event = $1 AND answered_at IS NULL`,
  [event],
);
assert.equal(await hub.hub.runner.run('escalateEvents'), 'ok');
const other = await warn('w-2');
await school.acknowledge(other, 'received');
await city.ecology.client.events.close(event, { code: 'ended', reason: '预警已解除' });
await city.ecology.client.events.close(other, { code: 'ended', reason: '预警已解除' });
const archive = async (by: Machine = city.ecology, of = event): Promise<EventArchive> =>
  (await by.client.events.archive(of)).json;
const trust = (() => {
  const anchors = archive().then((one) => parseAnchors(one.anchors));
  return async () => {
    const { logKeys, hubKeys } = await anchors;
    return { keys: logKeys, hubKeys };
  };
})();
const codes = async (made: object): Promise<readonly string[]> =>
  checkEventArchive(JSON.stringify(made), await trust()).findings.map(({ code }) => code);

test('it has every act with its entry, and verifies without the hub', async () => {
  const made = await archive();
  assert.deepEqual(await codes(made), []);
  assert.deepEqual(
    made.entries.map(({ as }) => as),
    ['opened', 'delivered', 'acknowledged', 'purpose', 'escalated', 'closed'],
  );
  assert.deepEqual(
    [made.event.state, made.event.acknowledgements.length, made.event.deliveries.length, made.scope],
    ['closed', 1, 1, 'publisher'],
  );
  const { id, when } = JSON.parse(made.plan) as { id: string; when: readonly unknown[] };
  assert.equal(id, 'ecology.heavy-pollution');
  assert.deepEqual(when[1], { field: 'pm25', op: 'range', value: { gte: 35.5 } });
  assert.ok(made.event.escalations.length > 0);
});

test('the purpose ended with the last event: a later call is refused, and is not in the archive', async () => {
  assert.equal(await use(), 'purpose_closed');
  assert.equal((await archive()).entries.filter(({ as }) => as === 'purpose').length, 1);
});

test('other departments get none; the data office gets all', async () => {
  assert.equal(await codeOf(archive(city.education)), 'event_unknown');
  const auditor = await hub.token('shen', ['auditor']);
  const { status, json } = await hub.staff(auditor, 'GET', `/v1/open-events/${event}/archive`);
  assert.equal(status, 200, JSON.stringify(json));
  assert.equal(json['scope'], 'all');
  assert.deepEqual(await codes(json), []);
  const ofSchool = await hub.token('ting', ['auditor'], 'education');
  const foreign = await hub.staff(ofSchool, 'GET', `/v1/open-events/${event}/archive`);
  assert.equal(foreign.status, 403, JSON.stringify(foreign.json));
});

test('any change of it is found', async () => {
  const made = await archive();
  const ofOther = await archive(city.ecology, other);
  const signature = 'archive_signature_invalid';
  const changed = (more: object): object => ({ ...made, ...more });
  const { acknowledgements, deliveries, escalations } = made.event;
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [changed({ madeAt: '2026-01-01T00:00:00.000Z' }), [signature, 'archive_claim_unproven']],
    [changed({ signature: ofOther.signature }), [signature]],
    ...['..', '.ZZZ.'].map(
      (between) =>
        [
          changed({
            signature: `${made.signature.replace('..', between)}${between === '..' ? '.junk' : ''}`,
          }),
          [signature],
        ] as const,
    ),
    [changed({ plan: made.plan.replace('72', '1') }), [signature]],
    [
      changed({
        event: {
          ...made.event,
          acknowledgements: acknowledgements.map((one) => ({ ...one, grade: 'done' })),
        },
      }),
      [signature, 'archive_claim_unproven'],
    ],
    [changed({ event: { ...made.event, acknowledgements: [] } }), [signature, 'archive_entry_left_out']],
    [
      changed({
        event: {
          ...made.event,
          deliveries: deliveries.map((one) => ({ ...one, department: 'pub-security' })),
        },
      }),
      [signature, 'archive_claim_unproven'],
    ],
    [
      changed({ event: { ...made.event, escalations: escalations.map((one) => ({ ...one, stage: 9 })) } }),
      [signature, ...escalations.map(() => 'archive_claim_unproven')],
    ],
    [changed({ event: { ...made.event, state: 'open' } }), [signature, 'archive_claim_unproven']],
    [
      changed({ event: { ...made.event, closing: { code: 'ended', reason: '另一原因' } } }),
      [signature, 'archive_claim_unproven'],
    ],
    [changed({ event: { ...made.event, closing: undefined } }), [signature, 'archive_claim_unproven']],
    [
      changed({
        entries: made.entries.map((one) => (one.as === 'closed' ? { ...one, as: 'acknowledged' } : one)),
      }),
      [signature, 'archive_entry_differs', 'archive_claim_unproven', 'archive_claim_unproven'],
    ],
    [
      changed({ pack: { ...made.pack, entries: made.pack.entries.slice(1) } }),
      [signature, 'archive_entry_missing'],
    ],
  ];
  for (const [one, expected] of cases) assert.deepEqual(await codes(one), expected, JSON.stringify(expected));
  const pretended = { ...made.event, department: 'education' };
  assert.deepEqual(await codes(changed({ event: pretended })), [signature, 'archive_entry_differs']);
  const strange = { ...(await trust()), hubKeys: [] };
  assert.deepEqual(
    checkEventArchive(JSON.stringify(made), strange).findings.map(({ code }) => code),
    [signature],
  );
  for (const text of [
    '',
    '[]',
    '{"v":1,"madeAt":""}',
    '{"v":1,"madeAt":"x","signature":"x","event":{},"plan":{},"pack":{},"anchors":{}}',
  ])
    assert.deepEqual(
      checkEventArchive(text, await trust()).findings.map(({ code }) => code),
      ['pack_malformed'],
      text,
    );
});

test('a key that was retired before the archive was made signs none', async () => {
  const made = await archive();
  const { keys, hubKeys } = await trust();
  const retiredAt = (retired: string): readonly string[] =>
    checkEventArchive(JSON.stringify(made), {
      keys,
      hubKeys: hubKeys.map((key) => ({ ...key, retired })),
    }).findings.map(({ code }) => code);
  assert.deepEqual(retiredAt(made.madeAt), ['archive_signature_invalid']);
  assert.deepEqual(retiredAt(new Date(Date.parse(made.madeAt) + 1).toISOString()), []);
});

test('members of other types, and more than an archive has, are pack_malformed', async () => {
  const made = await archive();
  const [acknowledgement] = made.event.acknowledgements;
  const [delivery] = made.event.deliveries;
  const [entry] = made.entries;
  const inEvent = (more: object): object => ({ event: { ...made.event, ...more } });
  for (const more of [
    { madeAt: 'yesterday' },
    { madeAt: 7 },
    { scope: 'none' },
    { plan: {} },
    { signature: null },
    { pack: [] },
    { anchors: 'x' },
    { entries: [{ ...entry, as: ['opened'] }] },
    { entries: [null] },
    { entries: Array.from({ length: 20_002 }, () => entry) },
    inEvent({ title: 0.5 }),
    inEvent({ title: '\ud800' }),
    inEvent({ event: 1 }),
    inEvent({ state: 'both' }),
    inEvent({ purpose: {} }),
    inEvent({ openedAt: '' }),
    inEvent({ closedAt: 0 }),
    inEvent({ department: undefined }),
    inEvent({ acknowledgements: [{ ...acknowledgement, grade: 1 }] }),
    inEvent({ acknowledgements: {} }),
    inEvent({ deliveries: [{ ...delivery, exchange: {} }] }),
    inEvent({ deliveries: Array.from({ length: 20_001 }, () => delivery) }),
    inEvent({ escalations: made.event.escalations.map((one) => ({ ...one, stage: 0.5 })) }),
    inEvent({ escalations: made.event.escalations.map((one) => ({ ...one, stage: '1' })) }),
  ])
    assert.deepEqual(
      await codes({ ...made, ...more }),
      ['pack_malformed'],
      JSON.stringify(more).slice(0, 200),
    );
});

test('an event that one publication opened and closed has both roles of its entry', async () => {
  const types = ['ecology.air-warning-issued', 'ecology.air-warning-lifted'];
  const { json } = await city.ecology.client.events.publish(
    topic,
    types.map((type, nth) => ({
      specversion: '1.0' as const,
      id: `both-${nth}`,
      source: 'test',
      type,
      data: {
        warning_id: 'w-both',
        district: '990101',
        ...(nth === 0 ? { level: 'red', pm25: 36 } : {}),
      },
    })),
  );
  const made = await archive(city.ecology, json.events[0]?.event);
  const [opened, closed] = made.entries;
  assert.deepEqual([made.entries.length, opened?.as, closed?.as], [2, 'opened', 'closed']);
  assert.equal(opened?.exchange, closed?.exchange);
  assert.equal(made.pack.entries.length, 1);
  assert.deepEqual(await codes(made), []);
});

test('datong event archive writes the file for its owner alone, never over another one; datong audit verify checks it', async () => {
  const statePath = join(home, 'demo.json');
  writeDemoState(statePath, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, {}, [city.ecology]);
  const datong = (...words: string[]) => typedDatong(words, { cwd: home, env: { DATONG_STATE: statePath } });
  const fetched = await datong('event', 'archive', event, '--as', 'ecology', '-o', 'archive.json');
  assert.equal(fetched.code, 0, fetched.stderr);
  const file = join(home, 'archive.json');
  assert.equal(statSync(file).mode & 0o077, 0);
  const again = await datong('event', 'archive', event, '--as', 'ecology', '-o', 'archive.json');
  assert.equal(again.code, 4, again.stderr);
  writeFileSync(join(home, 'anchors.json'), JSON.stringify((await archive()).anchors));
  const verified = await datong('audit', 'verify', 'archive.json', '--anchors', 'anchors.json', '--json');
  assert.equal(verified.code, 0, verified.stderr);
  const { archive: facts } = JSON.parse(verified.stdout) as { archive: Record<string, unknown> };
  assert.deepEqual([facts['event'], facts['state'], facts['entries']], [event, 'closed', 6]);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"grade":"received"', '"grade":"done"'));
  const refused = await datong('audit', 'verify', 'archive.json', '--anchors', 'anchors.json', '--json');
  assert.equal(refused.code, 5, refused.stdout);
  writeFileSync(
    join(home, 'log.vkey'),
    ((await archive()).anchors as { logKeys: string[] }).logKeys.join('\n'),
  );
  assert.equal((await datong('audit', 'verify', 'archive.json', '--key', 'log.vkey')).code, 2);
});
