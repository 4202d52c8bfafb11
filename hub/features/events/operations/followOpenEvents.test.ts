/** Server-sent events of open events: which page is notified of what, interruptions, ends of sessions, and limits. */
import assert from 'node:assert/strict';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { admitPerson } from '../../../../tests/admitPerson.ts';
import { newestLeaves } from '../../../../tests/flows/leaves.ts';
import { testHub } from '../../../../tests/hub.ts';
import { readSamplePlan } from '../../../../tests/samplePlan.ts';
import { OpenEventWatch } from '../openEventWatch.ts';
import { codeAt } from '../../../identity/sessions/signInByCode.ts';
import { cityHub } from '../../../../tests/cityHub.ts';

const { database, hub, city } = await cityHub(
  { jobsByTime: false, openEventWatch: { pollMs: 50, heartbeatMs: 200, maxOfPerson: 2 } },
  { connections: 20 },
);
// no sign of life within a test
const silent = await testHub({
  database,
  keysDir: hub.hub.config.keysDir,
  jobsByTime: false,
  openEventWatch: { pollMs: 50, heartbeatMs: 60_000 },
});
const calls = new Set<{ destroy: () => void }>();
after(async () => {
  // also those of a test that failed
  for (const call of calls) call.destroy();
  await silent.stop();
  await hub.stop();
});
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
await city.apply('air-warning/response.yaml');
const topic = 'ecology.air-warnings';
const [author, second] = [
  await hub.token('wen', ['steward'], 'ecology'),
  await hub.token('wan', ['steward'], 'ecology'),
];
const school = await hub.token('shi', ['steward'], 'education');
const outsider = await hub.token('ju', ['steward'], 'transport');
const proposed = await hub.staff(author, 'POST', '/v1/response-plans', readSamplePlan());
const path = `/v1/proposals/${String(proposed.json['proposal'])}`;
const { json: shown } = await hub.staff(second, 'GET', path);
await hub.staff(second, 'POST', `${path}/acceptance`, { digest: shown['digest'] });

let count = 0;
async function publish(): Promise<string> {
  count += 1;
  const { json } = await city.ecology.client.events.publish(topic, [
    {
      specversion: '1.0',
      id: `e-${count}`,
      source: 'test',
      type: 'ecology.air-warning-issued',
      data: { warning_id: `w-${count}`, district: '990101', level: 'red' },
    },
  ]);
  return json.events[0]?.event ?? assert.fail();
}

interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: () => string;
  /** events that messages named so far */
  readonly named: () => string[];
  readonly ended: Promise<void>;
  readonly close: () => void;
}
const open = (headers: Readonly<Record<string, string>>, query = '', at = hub): Promise<Page> =>
  new Promise((resolve, reject) => {
    const options: RequestOptions = { ca: at.ca, headers, agent: false };
    const call = httpsRequest(`${at.hub.origins.staff}/v1/open-event-changes${query}`, options, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (part: string) => (text += part));
      const ended = new Promise<void>((done) => reply.once('close', done));
      resolve({
        status: reply.statusCode ?? 0,
        headers: reply.headers,
        text: () => text,
        named: () => [...text.matchAll(/^data: \{"event":"(.+)"\}$/gm)].map(([, id]) => id ?? ''),
        ended,
        close: () => call.destroy(),
      });
    });
    calls.add(call);
    call.on('error', reject).end();
  });
const bearer = (token: string): Readonly<Record<string, string>> => ({ authorization: `Bearer ${token}` });
async function until(holds: () => boolean): Promise<void> {
  for (let times = 0; times < 200 && !holds(); times += 1) await sleep(50);
  assert.ok(holds());
}
const lastId = (text: string): string => [...text.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1] ?? assert.fail();

describe('a page that follows open events', () => {
  test('is notified that an event opens, is acknowledged and closes; a department that it does not concern is not notified', async () => {
    const publisher = await open(bearer(author));
    const owing = await open(bearer(school));
    const other = await open(bearer(outsider));
    assert.equal(publisher.headers['content-type'], 'text/event-stream');
    assert.equal(publisher.headers['x-accel-buffering'], 'no');
    assert.equal(publisher.headers['cache-control'], 'no-store');
    const entries = await newestLeaves(database, 3);
    assert.deepEqual(
      entries.map(({ kind, operation }) => `${kind} ${operation}`),
      Array(3).fill('inspect followOpenEvents'),
    );
    const event = await publish();
    const ofEvent = (page: Page): number => page.named().filter((one) => one === event).length;
    await until(() => ofEvent(publisher) === 1 && ofEvent(owing) === 1);
    await city.education.client.events.acknowledge(event, 'received');
    await until(() => ofEvent(publisher) === 2 && ofEvent(owing) === 2);
    await city.ecology.client.events.close(event, { code: 'ended', reason: '预警已解除' });
    await until(() => ofEvent(publisher) === 3 && ofEvent(owing) === 3);
    await sleep(500);
    assert.deepEqual([publisher, owing].map(ofEvent), [3, 3]);
    assert.deepEqual(other.named(), []);
    assert.match(other.text(), /^retry: 3000\n\n(:\n\n)+$/);
    for (const page of [publisher, owing, other]) page.close();
  });

  test('gets no byte for an event that it does not show', async () => {
    const publisher = await open(bearer(author), '', silent);
    const other = await open(bearer(outsider), '', silent);
    const event = await publish();
    await until(() => publisher.named().includes(event));
    await sleep(300);
    assert.equal(other.text(), 'retry: 3000\n\n');
    for (const page of [publisher, other]) page.close();
  });

  test('is notified seldom to read the list again, while more events than are named are new', async () => {
    await publish();
    const made = await database.owner.query<{ id: string }>(
      `INSERT INTO open_event (id, plan, revision, department, topic, type, purpose, close_key, state, opened_at, ends_at, opened_by)
       SELECT gen_random_uuid(), plan, revision, department, topic, type, purpose, NULL, state, now(), ends_at, opened_by
         FROM (SELECT * FROM open_event ORDER BY opened_at DESC LIMIT 1) AS one, generate_series(1, 1001) RETURNING id`,
    );
    const watch = new OpenEventWatch(database, { pollMs: 20, reloadMs: 400 });
    try {
      let reloads = 0;
      for await (const { reload } of watch.follow('wen', undefined, 1_500, new AbortController().signal))
        if (reload) reloads += 1;
      assert.ok(reloads >= 2 && reloads <= 4, `${reloads} in 1.5 s`);
    } finally {
      watch.close();
      const ids = made.rows.map(({ id }) => id);
      await database.owner.query('DELETE FROM open_event WHERE id = ANY ($1)', [ids]);
    }
  });

  test('is notified that a deadline passes, without a job and without a change', async () => {
    const event = await publish();
    const page = await open(bearer(author));
    await until(() => page.named().includes(event));
    await database.owner.query(
      "UPDATE event_step SET due_at = now() + interval '1 second' WHERE event = $1",
      [event],
    );
    await until(() => page.named().filter((one) => one === event).length >= 2);
    page.close();
  });

  test('continues after a break with Last-Event-ID; one that was away for days reads the list again', async () => {
    const before = await open(bearer(second));
    const event = await publish();
    await until(() => before.named().includes(event));
    before.close();
    const missed = await publish();
    // as if the break had been an hour ago
    await database.owner.query(
      "UPDATE open_event SET opened_at = opened_at - interval '1 hour' WHERE id = $1",
      [missed],
    );
    const fresh = await open(bearer(second));
    const hourAgo = String(Number(lastId(before.text())) - 3_600_000);
    const back = await open({ ...bearer(school), 'last-event-id': hourAgo });
    await until(() => back.named().includes(missed));
    assert.ok(!fresh.named().includes(missed));
    fresh.close();
    back.close();
    const away = await open({ ...bearer(author), 'last-event-id': '1' });
    await until(() => away.text().includes('event: reload\ndata:\n\n'));
    away.close();
    const odd = await open({ ...bearer(author), 'last-event-id': 'yesterday' });
    assert.equal(odd.status, 400);
  });

  test('ends with the session; an open page, also one that connects again, does not count as use of it', async () => {
    const { token } = await admitPerson(hub.hub.services.identity, 'zhi', [
      { role: 'steward', department: 'ecology' },
    ]);
    const { json } = await hub.staff(token, 'POST', '/v1/authenticator');
    const secret = unbase32(String(json['secret']));
    const signIn = async (ahead: number) => {
      const code = codeAt(secret, Math.floor(database.now() / 30_000) + ahead);
      const reply = await fetchStaff('POST', '/v1/sessions/by-code', {}, JSON.stringify({ token, code }));
      assert.equal(reply.status, 201, reply.text);
      return { id: (JSON.parse(reply.text) as { id: string }).id, cookie: reply.cookie };
    };
    const first = await signIn(0);
    const page = await open({ ...here, cookie: first.cookie });
    assert.equal(page.status, 200);
    await fetchStaff('POST', `/v1/sessions/${first.id}/end`, { cookie: first.cookie }, '{}');
    await page.ended;
    const later = await signIn(1);
    const watching = await open({ ...here, cookie: later.cookie });
    const seen = "UPDATE staff_session SET seen_at = now() - interval '2 minutes' WHERE id = $1";
    await database.owner.query(seen, [later.id]);
    // as a browser connects again by itself
    const back = await open({
      ...here,
      cookie: later.cookie,
      'last-event-id': String(Math.floor(database.now())),
    });
    assert.equal(back.status, 200);
    await sleep(600);
    back.close();
    const { rows } = await database.owner.query<{ idle: boolean }>(
      "SELECT seen_at < now() - interval '1 minute' AS idle FROM staff_session WHERE id = $1",
      [later.id],
    );
    assert.deepEqual(rows, [{ idle: true }]);
    // any other call counts, also with the header
    const again = { cookie: later.cookie, 'last-event-id': String(Math.floor(database.now())) };
    const call = await fetchStaff('GET', '/v1/inbox?kind=requests', again, '');
    assert.equal(call.status, 200, call.text);
    const { rows: used } = await database.owner.query(
      "SELECT seen_at < now() - interval '1 minute' AS idle FROM staff_session WHERE id = $1",
      [later.id],
    );
    assert.deepEqual(used, [{ idle: false }]);
    await database.owner.query(seen.replace('2 minutes', '31 minutes'), [later.id]);
    await watching.ended;
    const elsewhere = await open({ 'sec-fetch-site': 'cross-site', cookie: later.cookie });
    assert.equal(elsewhere.status, 403);
  });

  test('ends when its token is revoked', async () => {
    const { token, id } = await admitPerson(hub.hub.services.identity, 'duan', [
      { role: 'steward', department: 'ecology' },
    ]);
    const page = await open(bearer(token));
    const revoked = await hub.staff(token, 'POST', `/v1/tokens/${id}/revocation`, { reason: 'unspecified' });
    assert.equal(revoked.status, 200, JSON.stringify(revoked.json));
    await page.ended;
  });

  test('ends after the seconds that the call gives', async () => {
    const page = await open(bearer(school), '?seconds=1');
    await page.ended;
    assert.match(page.text(), /^retry: 3000\n\n/);
    const none = await open(bearer(school), '?seconds=0');
    assert.equal(none.status, 400);
  });

  test('is refused beyond the number of one person; a page that closed counts no more', async () => {
    const pages = [await open(bearer(second)), await open(bearer(second))];
    await until(() => pages.every((page) => page.text() !== ''));
    const third = await open(bearer(second));
    assert.equal(third.status, 429);
    assert.equal(third.headers['retry-after'], '30');
    await until(() => third.text().includes('live_pages_too_many'));
    pages[0]?.close();
    await sleep(300);
    const again = await open(bearer(second));
    assert.equal(again.status, 200);
    pages[1]?.close();
    again.close();
  });

  test('does not delay the end of the hub', async () => {
    const other = await testHub({ jobsByTime: false });
    const token = await other.token('ting', ['steward']);
    const call = await new Promise<{ ended: Promise<void> }>((resolve, reject) => {
      const options = { ca: other.ca, headers: bearer(token), agent: false };
      httpsRequest(`${other.hub.origins.staff}/v1/open-event-changes`, options, (reply) => {
        assert.equal(reply.statusCode, 200);
        reply.once('data', () =>
          resolve({ ended: new Promise<void>((done) => void reply.once('close', done)) }),
        );
      })
        .on('error', reject)
        .end();
    });
    const started = performance.now();
    const stopped = other.stop();
    await call.ended;
    assert.ok(performance.now() - started < 5_000);
    await stopped;
  });
});

const here = { 'sec-fetch-site': 'same-origin' };
const bits = (text: string): string =>
  [...text]
    .map((one) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(one).toString(2).padStart(5, '0'))
    .join('');
const unbase32 = (text: string): Buffer =>
  Buffer.from((bits(text).match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));

const fetchStaff = (
  method: string,
  address: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<{ readonly status: number; readonly text: string; readonly cookie: string }> =>
  new Promise((resolve, reject) => {
    const all = { ...here, 'content-type': 'application/json', ...headers };
    httpsRequest(
      `${hub.hub.origins.staff}${address}`,
      { method, ca: hub.ca, headers: all, agent: false },
      (reply) => {
        let text = '';
        reply.setEncoding('utf8').on('data', (part: string) => (text += part));
        const cookie = (reply.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
        reply.once('end', () => resolve({ status: reply.statusCode ?? 0, text, cookie }));
      },
    )
      .on('error', reject)
      .end(body);
  });
