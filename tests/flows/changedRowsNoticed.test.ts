/** Events of changed rows: a consumer is notified once its masked rows changed, once until it fetches, and not for what it never receives. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { applyDocuments } from '../../clients/cli/apply/applyDocuments.ts';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { staffClient } from '../../clients/cli/apply/staffCall.ts';
import { cellsOf, csvLine, headers } from '../../clients/cli/demo/files/householdFile.ts';
import { residents, seededRandom, type Resident } from '../../clients/cli/demo/files/invented.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { samples, type Machine } from '../hub.ts';
import { applyGrant } from '../policyWith.ts';
import { lastLeaf } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const office = await hub.enrol('data-office');
const dataset = 'pub-security.household';
const random = residents(seededRandom(46));
const people: Resident[] = Array.from({ length: 20 }, () => ({ ...random.next().value, region: '990101' }));
let files = 0;
async function send(): Promise<void> {
  files += 1;
  // no two files are the same bytes: an address differs, which is granted to neither consumer
  const all = people.map((one, at) => (at === 0 ? { ...one, address: `云溪区新路 ${files} 号` } : one));
  const bytes = encodeGb18030([headers, ...all.map(cellsOf)].map(csvLine).join(''));
  await city.publicSecurity.client.sendFile(dataset, bytes, { mapping: 'household' });
}
const moveBirthday = (at: number): void => {
  const one = people[at] ?? assert.fail();
  people[at] = { ...one, birth: { ...one.birth, day: one.birth.day === 1 ? 2 : 1 } };
};
const moveBirthYear = (at: number): void => {
  const one = people[at] ?? assert.fail();
  people[at] = { ...one, birth: { ...one.birth, year: one.birth.year - 1 } };
};

/** One consumer of the rows that is subscribed to their changes. */
class Consumer {
  readonly machine: Machine;
  readonly agreement: string;
  readonly notices: string;
  private watermark: string | undefined;
  private subscription = '';
  private taken: string | undefined;

  constructor(machine: Machine, agreement: string, notices: string) {
    this.machine = machine;
    this.agreement = agreement;
    this.notices = notices;
  }

  async subscribe(): Promise<void> {
    const { json } = await this.machine.client.events.subscribe(
      {
        topic: 'data-office.hub-changed-rows',
        filter: [{ field: 'dataset', op: 'eq', value: dataset }],
      },
      { purpose: 'public-service', agreement: this.notices },
    );
    this.subscription = json.id;
  }

  async end(): Promise<void> {
    await this.machine.client.events.end(this.subscription);
  }

  /** Calls `changes` until there is no more. @returns how many changes there were */
  async fetch(): Promise<number> {
    let count = 0;
    for (;;) {
      const acknowledge = this.watermark === undefined ? {} : { acknowledge: this.watermark };
      const { json } = await this.machine.client.changes.next(dataset, acknowledge, {
        purpose: 'school-enrolment',
        agreement: this.agreement,
        onBehalfOf: 'official-17',
        matter: 'YX-2026-000123',
      });
      this.watermark = json.watermark;
      count += json.changes.length;
      if (!json.more) return count;
    }
  }

  /** The data of events since the last call, without the entry. */
  async heard(): Promise<readonly unknown[]> {
    assert.equal(await hub.hub.runner.run('noticeChangedRows'), 'ok');
    assert.equal(await hub.hub.runner.run('publishHubEvents'), 'ok');
    const { json } = await this.machine.client.events.pull(
      this.subscription,
      this.taken === undefined ? {} : { after: this.taken },
    );
    this.taken = json.next;
    return json.events.map(({ data: { entry: _entry, ...data } }) => data);
  }

  /** What an event of this consumer says. */
  get notice(): object {
    return {
      dataset,
      department: 'pub-security',
      recipient: this.machine.department,
      agreement: this.agreement,
      purpose: 'school-enrolment',
    };
  }
}
const byDay = new Consumer(city.education, 'agr-school-enrolment', 'agr-hub-events');
const byYear = new Consumer(city.ecology, 'agr-by-year', 'agr-hub-events-ecology');

/** The agreement of the sample for another consumer. */
async function grantNotices(consumer: Machine, id: string): Promise<void> {
  const [document] = readDocuments(join(samples, 'hub-events/agreement.yaml'));
  assert.ok(document !== undefined);
  const grants = document.members['grants'] as readonly { readonly dataset: string }[];
  const rows = { all: [{ field: 'recipient', op: 'eq', value: consumer.department }] };
  const members = {
    ...document.members,
    id,
    consumer: consumer.department,
    grants: grants
      .filter((grant) => grant.dataset === 'data-office.hub-changed-rows')
      .map((grant) => Object.assign({}, grant, { rows })),
  };
  const client = staffClient({ origin: hub.hub.origins.staff, ca: hub.ca, token: city.operator });
  const signers = [consumer, office].map(({ department, signing: key }) => ({ department, key }));
  const applied = await applyDocuments([{ ...document, members }], {
    client,
    signers,
    approveWith: city.security,
  }).finally(() => client.close());
  assert.equal(applied[0]?.outcome, 'granted', JSON.stringify(applied));
}

before(async () => {
  await send();
  const terms = { requires: ['on-behalf-of'], deliveries: ['changes'], limits: { rowsPerCall: 1000 } };
  const fields = { person_id: { mask: 'idCard', head: 6, tail: 0 }, region_code: { mask: 'clear' } };
  await applyGrant(hub, city, 'household/agreement.yaml', 2, (grant) => ({
    ...grant,
    ...terms,
    fields: { ...fields, birth_date: { mask: 'clear' } },
  }));
  await applyGrant(
    hub,
    city,
    'household/agreement.yaml',
    1,
    (grant) => ({ ...grant, ...terms, fields: { ...fields, birth_date: { mask: 'dateTrunc', to: 'year' } } }),
    { id: 'agr-by-year', consumer: 'ecology', matters: [] },
    city.ecology,
  );
  await city.apply('hub-events/topic.yaml');
  await city.apply('hub-events/agreement.yaml', [city.education, office]);
  await grantNotices(city.ecology, byYear.notices);
  await Promise.all([byDay.fetch(), byYear.fetch()]);
});

test('without a subscription no feed is searched', async () => {
  moveBirthday(1);
  await send();
  const last = (await lastLeaf(database)).id;
  assert.equal(await hub.hub.runner.run('noticeChangedRows'), 'ok');
  assert.equal((await lastLeaf(database)).id, last);
  const { rows } = await database.app.query('SELECT FROM change_feed WHERE searched IS NOT NULL');
  assert.equal(rows.length, 0);
  assert.equal(await byDay.fetch(), 1);
  await byDay.subscribe();
  await byYear.subscribe();
});

test('only the consumer whose masked rows changed is notified, with an entry that names agreement and purpose', async () => {
  assert.deepEqual(await byDay.heard(), [], 'nothing changed since the last call');
  moveBirthday(3);
  await send();
  assert.deepEqual(await byDay.heard(), [byDay.notice]);
  const { rows } = await database.app.query<{ searched: object | null }>(
    "SELECT searched FROM change_feed WHERE department = 'ecology'",
  );
  assert.notEqual(rows[0]?.searched, null);
  assert.deepEqual(await byYear.heard(), [], 'the year of birth is the same');
  assert.equal(await byYear.fetch(), 0);
  moveBirthYear(5);
  await send();
  assert.deepEqual(await byYear.heard(), [byYear.notice]);
});

test('one event until the consumer fetches: its call returns all changes, and only a later change is a further event', async () => {
  moveBirthday(7);
  await send();
  assert.deepEqual(await byDay.heard(), [], 'it has not fetched since it was notified');
  assert.equal(await byDay.fetch(), 3);
  assert.deepEqual(await byDay.heard(), []);
  moveBirthday(7);
  await send();
  assert.deepEqual(await byDay.heard(), [byDay.notice]);
  assert.equal(await byDay.fetch(), 1);
});

test('a row that is gone is a change', async () => {
  people.pop();
  await send();
  assert.deepEqual(await byDay.heard(), [byDay.notice]);
  assert.equal(await byDay.fetch(), 1);
});

test('while the agreement is suspended nothing is published; afterwards it is', async () => {
  const security = await hub.token('an', ['security'], 'pub-security');
  const act = async (token: string, path: string): Promise<void> => {
    const { status, json } = await hub.staff(token, 'POST', `/v1/policy/documents/${path}`, {
      reason: 'test',
    });
    assert.ok(status < 300, JSON.stringify(json));
  };
  await act(security, 'agr-school-enrolment/suspension');
  moveBirthday(2);
  await send();
  assert.deepEqual(await byDay.heard(), []);
  await act(security, 'agr-school-enrolment/resumption');
  assert.deepEqual(await byDay.heard(), [byDay.notice]);
  assert.equal(await byDay.fetch(), 1);
});

test('a search that fails is repeated later and later, and delays no other consumer; after the end of its subscription it is not', async () => {
  await Promise.all([byDay.fetch(), byYear.fetch()]);
  const failing = async (): Promise<{ readonly failed: number; readonly seconds: number }> => {
    const { rows } = await database.app.query<{ failed: number; seconds: number }>(
      `SELECT failed_searches AS failed, extract(epoch FROM search_at - now())::float8 AS seconds
         FROM change_feed WHERE department = 'ecology'`,
    );
    return rows[0] ?? assert.fail();
  };
  // keys that this hub did not seal
  await database.owner.query(
    `UPDATE change_held SET key = '\\x00' WHERE feed = (SELECT id FROM change_feed WHERE department = 'ecology')`,
  );
  moveBirthday(4);
  await send();
  assert.notEqual(await hub.hub.runner.run('noticeChangedRows'), 'ok');
  assert.deepEqual(await byDay.heard(), [byDay.notice], 'the other consumer, in the same run');
  const first = await failing();
  assert.equal(first.failed, 1, 'the second run left it alone');
  assert.ok(first.seconds > 0 && first.seconds <= 5.1, String(first.seconds));
  await database.owner.query(
    "UPDATE change_feed SET search_at = now() - interval '1 second' WHERE department = 'ecology'",
  );
  assert.notEqual(await hub.hub.runner.run('noticeChangedRows'), 'ok');
  const second = await failing();
  assert.equal(second.failed, 2);
  // search_at is of another clock than now()
  assert.ok(second.seconds > 5 && second.seconds <= 10.1, String(second.seconds));
  await byYear.end();
  await database.owner.query(
    "UPDATE change_feed SET search_at = now() - interval '1 second' WHERE department = 'ecology'",
  );
  assert.equal(await hub.hub.runner.run('noticeChangedRows'), 'ok');
});
