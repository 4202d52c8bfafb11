/**
 * 暴雨联动: warnings reach six departments, one of them misses its deadline, the hub is killed in between, and the purpose of the response ends
 * with the event. What each department received is written to a file, and `check.py` recomputes every figure from those and from the log.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import { Random } from '../../schemas/sample/random.ts';
import type { Play } from '../pack.ts';
import { Receiver } from '../receiver.ts';
import type { Stage } from '../stage.ts';
import { capMessage, chinaTime, datexFile, forecaster, levels, type Warning } from './feeds.ts';

const receivers = ['emergency', 'transport', 'education', 'health', 'housing', 'urban-management'] as const;
const senders = ['meteorology', 'water'] as const;
/** the department that misses its deadline */
const late = 'education';
const warnings = 'meteorology.storm-warnings';
const issued = 'meteorology.storm-warning';
const lifted = 'meteorology.storm-lifted';
const context = { purpose: 'public-safety', agreement: '', onBehalfOf: 'duty-1' };

const year = new Date().getFullYear();

const clear = (...fields: readonly string[]): object =>
  Object.fromEntries(fields.map((field) => [field, { mask: 'clear' }]));
const agreement = (
  id: string,
  provider: string,
  consumer: string,
  purpose: string,
  grants: readonly object[],
) => ({
  kind: 'Agreement',
  id,
  version: 1,
  title: { zh: '暴雨应急联动', en: 'Response to a storm' },
  provider,
  consumer,
  purposes: [purpose],
  basis: { type: 'statutory', reference: '中华人民共和国突发事件应对法', clause: '第四十二条' },
  valid: { from: `${year}-01-01T00:00:00+08:00`, until: `${year + 3}-01-01T00:00:00+08:00` },
  grants,
});
const events = (dataset: string, schema: string, ...fields: readonly string[]): object => ({
  dataset,
  schema,
  deliveries: ['events'],
  limits: { rowsPerCall: 1000, callsPerDay: 1_000_000 },
  fields: clear(...fields),
});

/** Registers departments, schemas, topics, agreements and the plan. */
async function register(stage: Stage, folder: string): Promise<void> {
  await stage.apply(join(folder, 'city.yaml'));
  for (const department of [...senders, ...receivers]) await stage.enrol(department);
  await stage.apply(join(folder, 'events.yaml'));
  for (const receiver of receivers)
    await stage.apply(
      [
        agreement(`agr-storm-${receiver}`, 'meteorology', receiver, 'public-safety', [
          events(issued, 'storm-warning@1', 'alert', 'area', 'severity', 'headline', 'expires'),
          events(lifted, 'storm-lifted@1', 'alert', 'area'),
        ]),
      ],
      { signers: ['meteorology', receiver] },
    );
  const missed = ['event', 'plan', 'step', 'department', 'stage', 'recipient', 'role', 'due'];
  await stage.apply(
    [
      agreement('agr-storm-deadlines', 'meteorology', 'emergency', 'public-safety', [
        events('meteorology.storm-deadline-missed', 'storm-deadline-missed@1', ...missed),
      ]),
    ],
    { signers: ['meteorology', 'emergency'] },
  );
  await stage.apply(
    [
      agreement('agr-storm-levels', 'water', 'emergency', 'public-safety', [
        events('water.alarm', 'water-alarm@1', 'station', 'time', 'rule', 'severity', 'value'),
      ]),
    ],
    { signers: ['water', 'emergency'] },
  );
  const stewards = [
    await stage.person('温工 wen', 'steward', 'meteorology'),
    await stage.person('万工 wan', 'steward', 'meteorology'),
  ] as const;
  const [{ proposal = '' } = {}] = await stage.apply(join(folder, 'plan.yaml'), { token: stewards[0] });
  const { digest } = await stage.call(`/v1/proposals/${proposal}`, undefined, stewards[1]);
  await stage.call(`/v1/proposals/${proposal}/acceptance`, { digest }, stewards[1]);
  // the purpose belongs to the plan from here on: its agreements come after it
  const closures = { dataset: 'transport.road-closures', schema: 'road-closure@1' };
  await stage.apply(
    [
      agreement('agr-storm-roads', 'transport', 'emergency', 'storm-response', [
        {
          ...closures,
          limits: { rowsPerCall: 1000, callsPerDay: 10_000 },
          fields: clear('situation', 'severity', 'starts', 'road', 'reason'),
        },
      ]),
    ],
    { signers: ['transport', 'emergency'] },
  );
}

/** Repeats a call until the hub has answered it. */
async function answered<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (error instanceof DatongProblem && error.status < 500) throw error;
      await sleep(50);
    }
  }
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => (error instanceof DatongProblem ? error.code : String(error)),
  );

export const play: Play = async ({ stage, folder, people, seed, step }) => {
  const random = new Random(seed);
  const published: object[] = [];
  const note = (name: string, value: unknown): void =>
    writeFileSync(join(stage.out, `${name}.json`), JSON.stringify(value, undefined, 1));

  await step('departments, topics, agreements, plan', () => register(stage, folder));

  const clientOf = (department: string): DatongClient => stage.client(department);
  const closures = Array.from({ length: 20 }, (_, i) => ({
    situation: `S-${i}`,
    road: `G${random.whole(1, 99)}`,
  }));
  await step('road closures as DATEX II', async () => {
    const bytes = Buffer.from(datexFile(closures, Date.now()));
    const options = { mapping: 'datex@1', fileName: 'closures.xml' };
    await clientOf('transport').sendFile('transport.road-closures', bytes, options);
  });

  const roads = (): Promise<string> =>
    codeOf(
      clientOf('emergency').query(
        'transport.road-closures',
        { fields: ['situation', 'road'], limit: 100 },
        { ...context, purpose: 'storm-response', agreement: 'agr-storm-roads' },
      ),
    );
  const purpose: Record<string, string> = { before: await roads() };

  const acknowledged = new Set<string>();
  const subscribe = async (department: string, topic: string, agreed: string): Promise<string> =>
    (await clientOf(department).events.subscribe({ topic }, { ...context, agreement: agreed })).json.id;
  const listening = await step('six departments subscribe', async () => {
    const all: Receiver[] = [];
    for (const department of receivers) {
      const subscription = await subscribe(department, warnings, `agr-storm-${department}`);
      all.push(
        new Receiver(stage, department, subscription, ({ id, data }) => {
          if (
            data['severity'] !== 'Extreme' ||
            department === late ||
            acknowledged.has(`${department} ${id}`)
          )
            return;
          acknowledged.add(`${department} ${id}`);
          void answered(() => clientOf(department).events.acknowledge(id, 'received'));
        }),
      );
    }
    for (const [topic, agreed] of [
      ['meteorology.storm-deadlines', 'agr-storm-deadlines'],
      ['water.alarms', 'agr-storm-levels'],
    ] as const)
      all.push(new Receiver(stage, 'emergency', await subscribe('emergency', topic, agreed)));
    return all;
  });

  const publish = async (type: string, data: Readonly<Record<string, unknown>>): Promise<string> => {
    const id = `cap-${published.length}`;
    const event = { specversion: '1.0', id, source: 'forecast', type, data } as const;
    const begun = Date.now();
    const { json } = await answered(() => clientOf('meteorology').events.publish(warnings, [event]));
    const { event: given = '' } = json.events[0] ?? {};
    published.push({ id, event: given, type, data, begun, answered: Date.now() });
    return given;
  };
  const warned = async (warning: Warning): Promise<string> => {
    const file = join(stage.out, 'warning.cap.xml');
    writeFileSync(file, capMessage(warning, Date.now()));
    const schema = join(stage.out, 'storm-warning.json');
    const [first] = parseAllDocuments(readFileSync(join(folder, 'events.yaml'), 'utf8'));
    writeFileSync(schema, JSON.stringify((first?.toJS() as { readonly document: object }).document));
    const words = ['batch', 'adapt', file, '--mapping', join(folder, 'cap.json'), '--schema', schema];
    const row = JSON.parse(await stage.run(words)) as Readonly<Record<string, unknown>>;
    return publish(issued, row);
  };

  const outage: { killed?: number; again?: number } = {};
  const count = Math.max(60, Math.round(people / 20));
  await step(`${count} warnings, the hub killed in the middle`, async () => {
    let killing: Promise<void> = Promise.resolve();
    for (let i = 0; i < count; i += 1) {
      if (i === Math.floor(count / 2))
        killing = (async () => {
          outage.killed = Date.now();
          await stage.killHub();
          await stage.startHub();
          outage.again = Date.now();
        })();
      const next = sleep(20);
      await publish(issued, {
        alert: `M-${i}`,
        area: `99010${random.whole(1, 6)}`,
        severity: 'Moderate',
        headline: '暴雨黄色预警',
        expires: chinaTime(Date.now() + 3_600_000),
        contact: forecaster,
      });
      await next;
    }
    await killing;
  });
  note('outage', outage);

  const minutes = 12;
  const water = { stations: Math.max(20, Math.round(people / 50)), rising: 3 };
  await step(`${water.stations} stations, ${water.rising} of them rise`, async () => {
    const pusher = clientOf('water').rows('water.levels');
    for (const row of levels(water, minutes, Date.now(), random)) await pusher.push(row);
    note('water', { ...water, rows: water.stations * minutes, sent: Date.now() });
    await pusher.close();
  });

  const event = await step('the extreme warning, from its CAP message', () =>
    warned({ alert: 'X-1', area: '990101', severity: 'Extreme' }),
  );
  purpose['open'] = await roads();
  await step('the deadline passes: one department is late, two stages', async () => {
    await sleep(18_000);
    await answered(() => clientOf(late).events.acknowledge(event, 'received'));
  });
  note('board', (await clientOf('meteorology').events.board(event)).json);
  await step('the warning is lifted, and with it the purpose ends', async () => {
    await publish(lifted, { alert: 'X-1', area: '990101' });
    purpose['closed'] = await roads();
  });
  note('purpose', purpose);
  note('published', published);
  await sleep(2_000);
  for (const one of listening) await one.stop();
  note('acknowledged', [...acknowledged]);
};
