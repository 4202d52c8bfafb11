/**
 * 城市大脑: stations send readings over MQTT to a mosquitto, a bridge sends them to the hub, the hub is killed in between. A threshold that
 * a station crosses becomes an event of the command centre. What was sent and received is written to files, and `check.py` accounts for
 * every reading.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MqttClient } from 'mqtt';
import { Random } from '../../schemas/sample/random.ts';
import { civilDateInChina } from '../../terms/civilDate.ts';
import { startMosquitto, type Mosquitto } from '../../tests/mosquitto.ts';
import { chinaTime } from '../chinaTime.ts';
import { seededCity } from '../city/seededCity.ts';
import type { Play } from '../pack.ts';
import { Received } from '../received.ts';
import { Receiver } from '../receiver.ts';
import type { Stage } from '../stage.ts';
import { drive, park, readPlates, registerTraffic } from './traffic.ts';

const context = { purpose: 'public-safety', agreement: 'agr-air', onBehalfOf: 'duty-1' };
const { year } = civilDateInChina(Date.now());
/** One reading of each station in so many milliseconds. */
const interval = 2_000;

const clear = (...fields: readonly string[]): object =>
  Object.fromEntries(fields.map((field) => [field, { mask: 'clear' }]));

async function register(stage: Stage, folder: string): Promise<void> {
  await stage.apply(join(folder, 'city.yaml'));
  for (const department of ['ecology', 'emergency']) await stage.enrol(department);
  const limits = { rowsPerCall: 1_000, callsPerDay: 1_000_000 };
  await stage.apply(
    [
      {
        kind: 'Agreement',
        id: 'agr-air',
        version: 1,
        title: { zh: '城市运行监测', en: 'City brain' },
        provider: 'ecology',
        consumer: 'emergency',
        purposes: ['public-safety'],
        basis: { type: 'statutory', reference: '中华人民共和国突发事件应对法', clause: '第四十二条' },
        valid: { from: `${year}-01-01T00:00:00+08:00`, until: `${year + 3}-01-01T00:00:00+08:00` },
        grants: [
          {
            dataset: 'ecology.air-alarm',
            schema: 'air-alarm@1',
            deliveries: ['events'],
            limits,
            fields: clear('station', 'time', 'rule', 'severity', 'value'),
          },
          {
            dataset: 'ecology.air',
            schema: 'air-reading@1',
            deliveries: ['latest'],
            limits,
            fields: clear('station', 'time', 'pm25', 'pm10'),
          },
          {
            dataset: 'ecology.air-minutes',
            schema: 'air-minute@1',
            limits,
            fields: clear('station', 'time', 'pm25_avg', 'pm25_max', 'pm25_count'),
          },
        ],
      },
    ],
    { signers: ['ecology', 'emergency'] },
  );
}

/** The configuration of the bridge, next to its buffer. @returns its path */
function bridgeFile(folder: string, broker: Mosquitto): string {
  const file = join(folder, 'bridge.yaml');
  const password = join(folder, 'mqtt-password');
  writeFileSync(password, `${broker.password}\n`, { mode: 0o600 });
  writeFileSync(
    file,
    `broker: { url: '${broker.url}', clientId: datong-ecology, username: ${broker.username}, passwordFile: '${password}', ca: '${broker.ca}', maxInFlight: 1000 }
buffer: { folder: '${join(folder, 'bridge-buffer')}' }
subscriptions:
  - { topic: stations/+/air, dataset: ecology.air, topicFields: { station: 2 }, fields: { time: at, pm25: pm25, pm10: pm10 } }
`,
  );
  return file;
}

async function connected(broker: Mosquitto): Promise<MqttClient> {
  const { connect } = (await import('mqtt')).default;
  const stations = connect(broker.url, {
    protocolVersion: 5,
    clientId: 'stations',
    username: broker.username,
    password: broker.password,
    ca: readFileSync(broker.ca),
  });
  await new Promise((go) => stations.once('connect', go));
  return stations;
}

interface Reading {
  readonly station: string;
  readonly time: string;
  readonly pm25: number;
  readonly pm10: number | null;
}

/**
 * The readings of one moment. One station in ten crosses the threshold for three readings; about one reading in two hundred breaks the schema.
 * @param nth number of the moment
 */
function readings(stations: readonly string[], nth: number, at: number, random: Random): readonly Reading[] {
  return stations.map((station, i): Reading => {
    const crosses = i % 10 === 0 && (nth + i / 10) % 8 >= 5;
    // of a prime number, so that other stations break it at each moment; the first is one that does not cross
    const broken = (nth * stations.length + i) % 199 === 7;
    const pm25 = crosses ? random.whole(1_600, 4_000) / 10 : random.whole(50, 900) / 10;
    return {
      station,
      time: chinaTime(at),
      pm25: broken && !crosses ? -1 : pm25,
      pm10: random.whole(1, 50) === 1 ? null : random.whole(10, 300),
    };
  });
}

/** Whether the hub has taken everything that the stations sent. */
const whole = (report: string): boolean =>
  / buffer 0 KiB, lag 0\.0 s/.test(report.trimEnd().split('\n').at(-1) ?? '');

export const play: Play = async ({ stage, folder, people, seconds, seed, step }) => {
  const random = new Random(seed);
  const city = seededCity(people, seed);
  const stations = city.sensors.flatMap(({ sensor, kind }) => (kind === 'air' ? [sensor] : []));
  const moments = Math.max(4, Math.round((seconds * 1_000) / interval));
  await step('departments, readings, minutes, alarms, agreement', () => register(stage, folder));
  await step('junctions and car parks, a linkage of their number plates', () =>
    registerTraffic(stage, folder, year),
  );
  const plates = city.vehicles.map(({ plate }) => plate);
  await step('car parks send their entries', () => park(stage, plates));
  const broker = await step('a mosquitto, and the bridge of the ecology bureau', startMosquitto);
  const sender = await connected(broker);
  const bridge = stage.start([
    ...['rows', 'bridge', 'mqtt', '--profile', stage.profileOf('ecology')],
    ...['--config', bridgeFile(stage.machineFolder('bridge'), broker), '--report', '1'],
  ]);
  try {
    const { json } = await stage
      .client('emergency')
      .events.subscribe({ topic: 'ecology.air-alarms' }, context);
    const received = new Received(stage.out, 'emergency');
    const receiver = new Receiver(stage.client('emergency'), received, json.id);
    await bridge.says(/connected to/);
    let crash: Promise<void> = Promise.resolve();
    await step(
      `${stations.length} stations, ${moments} readings each, the hub killed in the middle`,
      async () => {
        const driving = drive(stage, { people, seconds, plates, random: new Random(seed + 1) });
        const begun = Date.now();
        for (let nth = 0; nth < moments; nth += 1) {
          await sleep(begun + nth * interval - Date.now());
          if (nth === Math.floor(moments / 2)) crash = stage.crash();
          const at = Date.now();
          const sent = readings(stations, nth, at, random);
          appendFileSync(
            join(stage.out, 'sent.ndjson'),
            `${sent.map((row) => JSON.stringify(row)).join('\n')}\n`,
          );
          await Promise.all(
            sent.map(({ station, time, pm25, pm10 }) =>
              sender.publishAsync(`stations/${station}/air`, JSON.stringify({ at: time, pm25, pm10 }), {
                qos: 1,
              }),
            ),
          );
        }
        await crash;
        await driving;
      },
    );
    await step('the bridge has nothing that waits', async () => {
      const text = `${stations.length * moments} messages`;
      for (let tries = 0; tries < 600; tries += 1) {
        const report = bridge.stderr();
        if (report.includes(text) && whole(report)) return;
        await sleep(200);
      }
      throw new Error(`the bridge did not send all: ${bridge.stderr().slice(0, 1_500)}`);
    });
    // alarms of the last readings, and their minutes
    await sleep(20_000);
    await receiver.stop();
    writeFileSync(join(stage.out, 'bridge.txt'), bridge.stderr());
    await step('the command centre reads all readings, the latest ones, and the minutes', async () => {
      for (const [asked, dataset, query] of [
        ['stored', 'ecology.air', {}],
        ['latest', 'ecology.air', { latest: true }],
        ['minutes', 'ecology.air-minutes', {}],
      ] as const)
        for await (const { kept } of stage
          .client('emergency')
          .queryPages(dataset, { ...query, limit: 1_000 }, context))
          received.write(kept, { asked });
    });
    await step('both consumers read entries and passages', () =>
      readPlates(stage, { emergency: received, planning: new Received(stage.out, 'planning') }),
    );
  } finally {
    await bridge.stop();
    sender.end(true);
    await broker.remove();
  }
};
