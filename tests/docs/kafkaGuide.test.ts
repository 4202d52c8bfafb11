/** The scripts of docs/bridges.md for Kafka run as they are printed, between a hub and the mock cluster of librdkafka. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { cityHub } from '../cityHub.ts';
import { datongBin, datongEnvironment } from '../datong.ts';
import { writeDemoState } from '../demoState.ts';
import { noKafka, startKafka } from '../kafka.ts';

const page = (name: string): string => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8');
/** The configuration, the scripts and the commands of the section. */
function shownIn(name: string): readonly string[] {
  const text = page(name);
  const section = text.slice(text.indexOf('\n### Kafka\n'));
  return [...section.matchAll(/```(?:properties|sh|console)\n([^]*?)```/g)].map(([, code = '']) => code);
}
const [conf = '', toKafka = '', listen = '', fromKafka = ''] = shownIn('bridges.md');

test('both languages print the same scripts', () => {
  assert.deepEqual(shownIn('bridges.zh-CN.md'), shownIn('bridges.md'));
  assert.deepEqual([toKafka.slice(0, 13), fromKafka.slice(0, 15)], ['# to-kafka.sh', '# from-kafka.sh']);
});

test('events go to Kafka and come from it, each once, in order', { skip: noKafka }, async (t) => {
  const { hub, city } = await cityHub({ jobsByTime: false });
  const folder = mkdtempSync(join(tmpdir(), 'datong-kafka-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const kafka = await startKafka();
  t.after(() => kafka.remove());
  await city.apply('air-warning/topic.yaml');
  await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
  const state = join(folder, 'demo.json');
  const place = { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } };
  writeDemoState(state, place, {}, [city.education, city.ecology]);
  const datong = join(folder, 'datong');
  writeFileSync(datong, `#!/bin/sh\nexec "${process.execPath}" "${datongBin}" "$@"\n`);
  chmodSync(datong, 0o755);
  writeFileSync(join(folder, 'to-kafka.sh'), toKafka);
  writeFileSync(join(folder, 'from-kafka.sh'), fromKafka);
  const connectTo = (address: string): void =>
    writeFileSync(
      join(folder, 'kcat.conf'),
      conf.replace('broker.example:9093', address).replace(/^(security|ssl)\..*\n/gm, ''),
    );
  const run = (line: string): Promise<{ readonly stdout: string }> =>
    promisify(execFile)('sh', ['-c', line], {
      cwd: folder,
      env: datongEnvironment({
        DATONG_STATE: state,
        PATH: [folder, process.env['PATH']].join(delimiter),
      }),
    });
  const { events: school } = city.education.client;
  const topic = 'ecology.air-warnings';
  const asked = { topic, types: ['ecology.air-warning-issued'] };
  const { id } = (await school.subscribe(asked, { purpose: 'public-service', agreement: 'agr-air-warnings' }))
    .json;
  const eventOf = (nth: number) => ({
    specversion: '1.0' as const,
    id: `k-${nth}`,
    source: 'kafka',
    type: 'ecology.air-warning-issued',
    data: { warning_id: `w-${nth}`, district: '990101', level: 'red' },
  });
  const messages = async (
    of: string,
  ): Promise<readonly { readonly key: string; readonly payload: string }[]> => {
    const { stdout } = await run(`kcat -F kcat.conf -C -q -t ${of} -o beginning -e -J`);
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as { key: string; payload: string });
  };

  // from Kafka: one message a line, and one over several lines
  connectTo(kafka.address);
  const send = (text: string): Promise<unknown> =>
    run(`cat > in <<'EOF'\n${text}\nEOF\nkcat -F kcat.conf -P -t warnings-in -p 0 in`);
  writeFileSync(join(folder, 'line'), `${JSON.stringify(eventOf(1))}\n`);
  await run('kcat -F kcat.conf -P -t warnings-in -p 0 < line');
  await send(JSON.stringify(eventOf(2), null, 2));
  await run('sh from-kafka.sh');
  // ended before the offset was written
  writeFileSync(join(folder, 'offset'), '1\n');
  await run('sh from-kafka.sh');
  assert.equal(readFileSync(join(folder, 'offset'), 'utf8'), '2\n');
  await run('sh from-kafka.sh');
  // what the hub refuses ends the loop before the offset moves
  await send(JSON.stringify({ ...eventOf(3), subject: 'elsewhere' }));
  await assert.rejects(run('sh from-kafka.sh'), { code: 1 });
  assert.equal(readFileSync(join(folder, 'offset'), 'utf8'), '2\n');

  // to Kafka: nothing is taken over while no broker answers
  const command = listen
    .replace('$ ', '')
    .replace(/listen \S+/, `listen ${id} --once`)
    .trim();
  connectTo('127.0.0.1:9');
  await assert.rejects(run(command), { code: 4 });
  connectTo(kafka.address);
  await run(command);
  await run(command);
  const received = await messages('warnings');
  assert.deepEqual(
    received.map(({ key, payload }) => {
      const { data } = JSON.parse(payload) as { readonly data: Readonly<Record<string, unknown>> };
      return [key, data['warning_id']];
    }),
    [
      ['990101', 'w-1'],
      ['990101', 'w-2'],
    ],
  );
});
