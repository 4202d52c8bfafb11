/**
 * `releaseClient.ts ORDER`: calls by the SDK of the release whose files it is run with, for `clients.ts`, which copies it there. The last
 * line that it prints is what became of each.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { readProfile, type DemoState } from '../../clients/sdk/profile.ts';
import { row } from '../flows/streetCases.ts';
import { airContext, airFile, airQuality, consentOf, eventOf, topic } from './busyDay.ts';
import { context, dataset } from './load.ts';
import type { ReleaseDay } from './releaseHub.ts';

export interface ClientOrder {
  readonly day: ReleaseDay;
  /** the file of the hub */
  readonly state: string;
}

/** `works`, or why not. */
export type Outcomes = Readonly<Record<string, string>>;

const { day, state } = JSON.parse(process.argv[2] ?? '') as ClientOrder;
const { profiles } = JSON.parse(readFileSync(state, 'utf8')) as DemoState;
const clientOf = (department: string): DatongClient =>
  DatongClient.fromProfile(readProfile(profiles[department], state));
const [education, publicSecurity, ecology] = [
  clientOf('education'),
  clientOf('pub-security'),
  clientOf('ecology'),
];
const [value = '', other = '', third = ''] = day.persons;
const headers = { 'content-type': 'application/json' };
/** id of the exchange of the query */
let exchange = '';

const calls: Readonly<Record<string, () => Promise<void>>> = {
  query: async () => {
    const answer = await education.query(
      dataset,
      { filter: [{ field: 'person_id', op: 'eq', value }] },
      context,
    );
    assert.equal(answer.json.records.length, 1);
    exchange = answer.exchange;
  },
  'query of many subjects': async () => {
    const answer = await education.batchQuery(dataset, { by: 'person_id', values: [value, other] }, context);
    assert.deepEqual(
      answer.json.outcomes.map((one) => 'records' in one && one.records.length),
      [1, 1],
    );
  },
  'fact about a person': async () => {
    const { json } = await education.checkFact(dataset, 'school-age', { subject: value }, context);
    assert.match(json.answer, /^(yes|no)$/);
  },
  'refusal with its reason': async () => {
    const asked = education.query(dataset, { filter: [] }, { ...context, purpose: 'meals-subsidy' });
    await assert.rejects(asked, (error) => error instanceof DatongProblem && error.code !== '');
  },
  explain: async () => {
    await education.explain(dataset, { filter: [{ field: 'person_id', op: 'eq', value }] }, context);
  },
  'batch by file': async () => {
    const { json } = await ecology.sendFile(airQuality, airFile('sdk', 5), { mapping: 'prsa' });
    assert.equal(json.state, 'published');
  },
  'rows by call': async () => {
    const pusher = ecology.rows(day.cases);
    for (const name of ['S-1', 'S-2']) await pusher.push(JSON.stringify(row(name, 'education')));
    assert.equal((await pusher.flush()).accepted, 2);
  },
  'step of a case': async () => {
    const body = { key: { case: 'S-1' }, version: 1, set: { status: 'accepted' } };
    await education.call({
      method: 'POST',
      path: `/v1/datasets/${day.cases}/rows/changes`,
      receipt: 'optional',
      headers,
      body: Buffer.from(JSON.stringify(body), 'utf8'),
    });
  },
  'event published and received': async () => {
    await ecology.events.publish(topic, [eventOf('sdk-1')]);
    const received = await education.events.pull(day.subscription, { wait: 10 });
    assert.ok(received.json.events.length > 0);
    await education.events.pull(day.subscription, { after: received.json.next });
  },
  'changes of rows': async () => {
    const question = { restart: true } as const;
    let rows = 0;
    for await (const { json } of education.changes.untilInStep(airQuality, question, airContext))
      rows += json.changes.length;
    assert.ok(rows >= 5, `${rows} rows`);
  },
  'consent given and withdrawn': async () => {
    await publicSecurity.giveConsent(consentOf('of-sdk', third, day.notice));
    const { json } = await publicSecurity.withdrawConsent('of-sdk');
    assert.equal(json.state, 'withdrawn');
  },
  'receipt fetched again': async () => {
    await education.receipt(exchange);
  },
  'checkpoint continues': () => education.settle(),
  diagnosis: async () => {
    await education.diagnose();
    await education.diagnoseExchange(exchange);
  },
};

const outcomes: Record<string, string> = {};
for (const [name, call] of Object.entries(calls))
  outcomes[name] = await call().then(
    () => 'works',
    (error: unknown) => String(error),
  );
for (const client of [education, publicSecurity, ecology]) client.close();
process.stdout.write(`\n${JSON.stringify(outcomes satisfies Outcomes)}\n`);
