/** `datong event` and `datong topic`, as processes of their own, against a whole hub. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { datongBin, datongEnvironment, type Ran } from '../../../tests/datong.ts';
import { writeDemoState, type DemoHub } from '../../../tests/demoState.ts';
import { samples } from '../../../tests/hub.ts';
import { samplePlan } from '../../../tests/samplePlan.ts';
import { typedDatong } from '../../../tests/typedDatong.ts';
import { cityHub } from '../../../tests/cityHub.ts';

const { hub, city, database } = await cityHub({ jobsByTime: false });
const home = mkdtempSync(join(tmpdir(), 'datong-event-verbs-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
const place: DemoHub = { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } };
const statePath = join(home, 'demo.json');
writeDemoState(statePath, place, {}, [city.education, city.ecology]);
const topic = 'ecology.air-warnings';

const datong = (...words: string[]): Promise<Ran> =>
  typedDatong(words, { cwd: home, env: { DATONG_STATE: statePath } });
const publish = (file: string): Promise<Ran> =>
  datong('event', 'publish', file, '--topic', topic, '--as', 'ecology', '--json');
const subscribe = async (...more: string[]): Promise<string> => {
  const why = ['--agreement', 'agr-air-warnings', '--purpose', 'public-service'];
  const { code, stdout, stderr } = await datong(
    'event',
    'subscribe',
    topic,
    '--as',
    'education',
    ...why,
    ...more,
  );
  assert.equal(code, 0, stderr);
  return stdout.trim();
};
const listen = (id: string, ...sink: string[]): Promise<Ran> =>
  datong('event', 'listen', id, '--as', 'education', '--once', ...sink);
const outcome = ({ stdout }: Ran): Record<string, unknown> => JSON.parse(stdout) as Record<string, unknown>;

test('publish: the sample, again, and several as lines', async () => {
  const sample = join(samples, 'air-warning/warning.json');
  const first = await publish(sample);
  assert.equal(first.code, 0, first.stderr);
  assert.deepEqual([outcome(first)['stored'], outcome(first)['repeated']], [1, 0]);
  const again = outcome(await publish(sample));
  assert.deepEqual([again['stored'], again['repeated']], [0, 1]);
  const warning = JSON.parse(readFileSync(sample, 'utf8')) as object;
  const lines = ['second', 'third'].map((id) => JSON.stringify({ ...warning, id }));
  writeFileSync(join(home, 'warnings.ndjson'), `${lines.join('\n')}\n`);
  assert.equal(outcome(await publish('warnings.ndjson'))['stored'], 2);
  writeFileSync(join(home, 'other.json'), JSON.stringify({ ...warning, subject: '990102' }));
  const refused = await publish('other.json');
  assert.deepEqual([refused.code, outcome(refused)['code']], [1, 'event_invalid']);
  assert.equal((await publish('missing.json')).code, 4);
  const inexact = JSON.stringify({ ...warning, id: 'inexact' }).replace(
    '"data":{',
    '"data":{"peak_aqi":9007199254740993,',
  );
  writeFileSync(join(home, 'inexact.ndjson'), `${lines.join('\n')}\n${inexact}\n`);
  const other = await publish('inexact.ndjson');
  assert.equal(other.code, 4);
  assert.match(other.stderr, /inexact\.ndjson has a number that a double cannot represent exactly/);
});

test('subscribe and listen: one file an event; what is received is acknowledged', async () => {
  const id = await subscribe('--oldest', '--types', 'ecology.air-warning-issued');
  const { code, stdout, stderr } = await listen(id, '--to-dir', 'events');
  assert.equal(code, 0, stderr);
  const files = readdirSync(join(home, 'events'));
  assert.equal(files.length, 3);
  assert.equal((JSON.parse(stdout.split('\n')[0] ?? '') as { events: number }).events, 3);
  for (const file of files) {
    const event = JSON.parse(readFileSync(join(home, 'events', file), 'utf8')) as {
      readonly id: string;
      readonly data: object;
    };
    assert.equal(file, `${event.id}.json`);
    assert.deepEqual(event.data, {
      warning_id: '2026-118',
      district: '990101',
      level: 'orange',
      peak_aqi: 250,
    });
  }
  assert.equal((await listen(id, '--to-dir', 'later')).stdout, '');
  assert.deepEqual(readdirSync(join(home, 'later')), []);
});

test('a pattern of topics: subscribed to without an agreement, and listened to like a topic', async () => {
  const named = ['--as', 'education', '--purpose', 'public-service'];
  const { code, stdout, stderr } = await datong('event', 'subscribe', 'ecology.*', ...named, '--oldest');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /ecology\.air-warnings: ecology\.air-warning-issued, ecology\.air-warning-lifted/);
  const listened = await listen(stdout.trim(), '--to-dir', 'matched');
  assert.equal(listened.code, 0, listened.stderr);
  assert.equal(readdirSync(join(home, 'matched')).length, 3);
  const listed = await datong('event', 'subscriptions', '--as', 'education');
  assert.match(listed.stdout, /ecology\.\*/);
  const single = await datong('event', 'subscribe', topic, ...named);
  assert.equal(single.code, 2, single.stderr);
});

test('listen --exec: an event counts as received when the command ends with 0, until then it comes again', async () => {
  const id = await subscribe('--oldest');
  const failed = await listen(id, '--exec', 'cat >> tried; exit 3');
  assert.equal(failed.code, 4, failed.stderr);
  const { code, stderr } = await listen(id, '--exec', 'cat >> taken');
  assert.equal(code, 0, stderr);
  const idsIn = (file: string): string[] =>
    readFileSync(join(home, file), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly id: string }).id);
  assert.equal(idsIn('taken').length, 3);
  assert.deepEqual(idsIn('tried'), idsIn('taken').slice(0, 1));
  assert.equal((await listen(id)).code, 2);
});

test('listen --forward-to: a service takes an event over by a 2xx answer alone', async () => {
  const got: string[] = [];
  let answer = 503;
  const service = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      if (answer === 204) got.push((JSON.parse(body) as { readonly id: string }).id);
      response.writeHead(answer, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const { port } = service.address() as { readonly port: number };
  const to = `http://127.0.0.1:${port}/events`;
  try {
    const id = await subscribe('--oldest');
    for (answer of [503, 302]) {
      const failed = await listen(id, '--forward-to', to);
      assert.equal(failed.code, 4, failed.stderr);
    }
    answer = 204;
    assert.equal((await listen(id, '--forward-to', to)).code, 0);
    assert.equal(got.length, 3);
    assert.equal(new Set(got).size, 3);
  } finally {
    service.close();
  }
  assert.equal((await listen('x', '--forward-to', 'ftp://a')).code, 2);
});

test('board, acknowledge and close an event under a response plan', async () => {
  await city.apply('air-warning/response.yaml');
  await samplePlan(hub);
  const warning = JSON.parse(readFileSync(join(samples, 'air-warning/warning.json'), 'utf8')) as object;
  writeFileSync(join(home, 'red.json'), JSON.stringify({ ...warning, id: 'red' }));
  const [{ event }] = outcome(await publish('red.json'))['events'] as readonly [{ readonly event: string }];
  const acknowledge = (...more: string[]): Promise<Ran> =>
    datong('event', 'acknowledge', event, '--as', 'education', ...more);
  assert.equal((await acknowledge('--grade', 'seen')).code, 2);
  const done = await acknowledge('--grade', 'received', '--json');
  assert.deepEqual([done.code, outcome(done)['grade']], [0, 'received']);
  assert.equal((await acknowledge('--grade', 'received')).code, 1);
  const board = await datong('event', 'board', '--as', 'ecology', '--state', 'open');
  assert.match(board.stdout, new RegExp(`^${event} +open .*receipt education acknowledged`));
  await database.owner.query(
    `UPDATE event_step SET due_at = due_at - interval '11 min', next_at = next_at - interval '11 min'
      WHERE event = $1 AND step = 'receipt' AND department = 'pub-security'`,
    [event],
  );
  assert.equal(await hub.hub.runner.run('escalateEvents'), 'ok');
  const escalated = await datong('event', 'board', '--as', 'ecology', '--state', 'open');
  assert.match(
    escalated.stdout,
    /^ {2}\d{4}-\S+ receipt pub-security escalated to pub-security clerk \(stage 1\)$/m,
    escalated.stdout,
  );
  assert.equal(
    (await datong('event', 'close', event, '--code', 'ended', '--reason', '预警已解除', '--as', 'education'))
      .code,
    1,
  );
  assert.equal(
    (await datong('event', 'close', event, '--code', 'ended', '--reason', '预警已解除', '--as', 'ecology'))
      .code,
    0,
  );
});

test('replay of an id that is no dead letter is an error that names it', async () => {
  const id = await subscribe('--oldest');
  const none = '01a20328-0104-7757-9e84-c346bc55b77b';
  const { rows } = await database.owner.query<{ id: string; sequence: string }>(
    'SELECT id, sequence FROM event WHERE topic = $1 ORDER BY sequence LIMIT 1',
    [topic],
  );
  const [dead] = rows;
  await database.owner.query(
    `INSERT INTO webhook (subscription, url, batch, secret, certificate, keyid) VALUES ($1, 'x', 1, 'x', 'x', 'x')`,
    [id],
  );
  await database.owner.query(
    `INSERT INTO dead_letter (subscription, topic, sequence, state, trouble, died_at)
     VALUES ($1, $2, $3, 'dead', 'status', now())`,
    [id, topic, dead?.sequence],
  );
  const refused = await datong('event', 'replay', id, dead?.id ?? '', none, '--as', 'education');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, new RegExp(`: ${none}; nothing was sent\n.*event dead-letters ${id}`));
  const sent = await datong('event', 'replay', id, dead?.id ?? '', '--as', 'education');
  assert.match(sent.stderr, /^sending 1 event again$/m);
});

test('a filter, the lists, and the end of a subscription', async () => {
  const id = await subscribe('--oldest', '--filter', 'district=990102');
  const behind = await subscribe('--oldest');
  const { stdout } = await datong('event', 'subscriptions', '--as', 'education');
  assert.match(stdout, new RegExp(`${behind}.*active.* (events waiting, the oldest for|个事件待送达)`));
  assert.match(stdout, new RegExp(`${id}.*active$`, 'm'), 'it has a filter');
  assert.equal((await listen(id, '--to-dir', 'none')).code, 0);
  assert.deepEqual(readdirSync(join(home, 'none')), []);
  assert.match(
    (await datong('event', 'subscriptions', '--as', 'education')).stdout,
    new RegExp(`${id}.*active`),
  );
  assert.match((await datong('topic', 'list', '--as', 'education')).stdout, /^ecology\.air-warnings /m);
  assert.equal((await datong('event', 'unsubscribe', id, '--as', 'education')).code, 0);
  const ended = await listen(id, '--to-dir', 'none');
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /subscription_ended/);
});

test('listen ends at once by SIGTERM, also after events came, which do not come again', async () => {
  const id = await subscribe();
  const warning = JSON.parse(readFileSync(join(samples, 'air-warning/warning.json'), 'utf8')) as object;
  writeFileSync(join(home, 'ended.json'), JSON.stringify({ ...warning, id: 'ended' }));
  assert.equal((await publish('ended.json')).code, 0);
  const words = ['event', 'listen', id, '--as', 'education', '--to-dir', 'ended'];
  const listener = spawn(process.execPath, [datongBin, ...words], {
    cwd: home,
    env: datongEnvironment({ DATONG_STATE: statePath }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(listener.stdout, 'data')) as [Buffer];
  assert.match(String(line), /"events":1/);
  await sleep(500); // the next call waits for events
  const begun = performance.now();
  listener.kill('SIGTERM');
  await once(listener, 'exit');
  assert.ok(performance.now() - begun < 10_000, 'a call waits for thirty seconds');
  assert.equal((await listen(id, '--to-dir', 'ended')).stdout, '', 'it was acknowledged at the end');
});
