/**
 * 暴雨联动: warnings reach six departments, the hub is killed while an extreme one is open, one department misses its deadline, and the
 * purpose of the response ends with the event. What each department received is written to a file, and `check.py` recomputes every figure
 * from those and from the log.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { DeliveredEvent } from '../../clients/sdk/events.ts';
import { Random } from '../../schemas/sample/random.ts';
import { civilDateInChina } from '../../terms/civilDate.ts';
import { chinaTime } from '../chinaTime.ts';
import { districts } from '../../clients/cli/demo/files/invented.ts';
import { seededCity } from '../city/seededCity.ts';
import type { Play } from '../pack.ts';
import { outcomeOf, Received } from '../received.ts';
import { Receiver } from '../receiver.ts';
import type { Stage } from '../stage.ts';
import { capMessage, datexFile, forecaster, levels, type Warning } from './feeds.ts';

const receivers = ['emergency', 'transport', 'education', 'health', 'housing', 'urban-management'] as const;
const senders = ['meteorology', 'water'] as const;
/** the department that misses its deadline */
const late = 'education';
const warnings = 'meteorology.storm-warnings';
const issued = 'meteorology.storm-warning';
const lifted = 'meteorology.storm-lifted';
/** The deadline of plan.yaml, its last stage, and a second for each to arrive. */
const deadline = 10_000;
const lastStage = 4_000;
/** A run publishes for ten seconds at least: most warnings of a small one then lie outside the outage, and their times count. */
const minPublishingMs = 10_000;
/** Between two warnings of a large city. */
const minPaceMs = 20;
/** Stations whose level rises. */
const rising = 3;
const context = { purpose: 'public-safety', agreement: '', onBehalfOf: 'duty-1' };

const { year } = civilDateInChina(Date.now());

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

interface Published {
  /** id that the hub gave */
  readonly event: string;
  /** milliseconds of the epoch */
  readonly answered: number;
}

/** The meteorological bureau: publishes warnings, and notes each with the moments of its call. */
class Forecast {
  readonly published: object[] = [];
  private readonly stage: Stage;
  private readonly folder: string;

  constructor(stage: Stage, folder: string) {
    this.stage = stage;
    this.folder = folder;
  }

  /** The data of a warning, translated from its CAP message by `datong batch adapt`. */
  async adapted(warning: Warning): Promise<Readonly<Record<string, unknown>>> {
    const file = join(this.stage.out, 'warning.cap.xml');
    writeFileSync(file, capMessage(warning, Date.now()));
    const schema = join(this.stage.out, 'storm-warning.json');
    const [first] = parseAllDocuments(readFileSync(join(this.folder, 'events.yaml'), 'utf8'));
    writeFileSync(schema, JSON.stringify((first?.toJS() as { readonly document: object }).document));
    const words = ['batch', 'adapt', file, '--mapping', join(this.folder, 'cap.json'), '--schema', schema];
    return JSON.parse(await this.stage.run(words)) as Readonly<Record<string, unknown>>;
  }

  async publish(type: string, data: Readonly<Record<string, unknown>>): Promise<Published> {
    const id = `cap-${this.published.length}`;
    const message = { specversion: '1.0', id, source: 'forecast', type, data } as const;
    const begun = Date.now();
    const { json } = await answered(() =>
      this.stage.client('meteorology').events.publish(warnings, [message]),
    );
    const { event = '' } = json.events[0] ?? {};
    const moments = { event, begun, answered: Date.now() };
    this.published.push({ id, type, data, ...moments });
    return moments;
  }
}

/** What the six departments receive; all but one confirm an extreme warning when it arrives. */
class Responders {
  private readonly stage: Stage;
  private readonly received = new Map<string, Received>();
  private readonly receivers: Receiver[] = [];
  private readonly confirming = new Map<string, Promise<void>>();

  constructor(stage: Stage) {
    this.stage = stage;
    for (const department of receivers) this.received.set(department, new Received(stage.out, department));
  }

  private receivedBy(department: string): Received {
    const received = this.received.get(department);
    if (received === undefined) throw new Error(`${department} does not take part`);
    return received;
  }

  private async listen(
    department: string,
    topic: string,
    agreed: string,
    onEvent?: (event: DeliveredEvent) => void,
  ): Promise<void> {
    const client = this.stage.client(department);
    const { json } = await client.events.subscribe({ topic }, { ...context, agreement: agreed });
    this.receivers.push(new Receiver(client, this.receivedBy(department), json.id, onEvent));
  }

  async subscribe(): Promise<void> {
    for (const department of receivers)
      await this.listen(department, warnings, `agr-storm-${department}`, ({ id, data }) => {
        if (data['severity'] !== 'Extreme' || department === late) return;
        const key = `${department} ${id}`;
        if (!this.confirming.has(key)) this.confirming.set(key, this.confirm(department, id));
      });
    await this.listen('emergency', 'meteorology.storm-deadlines', 'agr-storm-deadlines');
    await this.listen('emergency', 'water.alarms', 'agr-storm-levels');
  }

  /** An acknowledgement whose answer was lost with the hub is refused as one that was given before. */
  async confirm(department: string, event: string): Promise<void> {
    const { events } = this.stage.client(department);
    const code = await outcomeOf(
      answered(() => this.receivedBy(department).call(() => events.acknowledge(event, 'received'))),
    );
    if (code !== 'answered' && code !== 'event_grade_again') throw new Error(`${department}: ${code}`);
  }

  /** The emergency bureau asks for closed roads under the purpose of the plan. @param asked when: before, open, closed */
  async askRoads(asked: string): Promise<void> {
    const query = { limit: 100 };
    const under = { ...context, purpose: 'storm-response', agreement: 'agr-storm-roads' };
    await outcomeOf(
      this.receivedBy('emergency').call(
        () => this.stage.client('emergency').query('transport.road-closures', query, under),
        { asked },
      ),
    );
  }

  /** Waits for the confirmations under way. */
  async confirmed(): Promise<void> {
    await Promise.all(this.confirming.values());
  }

  async stop(): Promise<void> {
    for (const receiver of this.receivers) await receiver.stop();
  }
}

export const play: Play = async ({ stage, folder, people, seed, step }) => {
  const random = new Random(seed);
  const note = (name: string, value: unknown): void =>
    writeFileSync(join(stage.out, `${name}.json`), JSON.stringify(value, undefined, 1));
  await step('departments, topics, agreements, plan', () => register(stage, folder));

  const closures = Array.from({ length: 20 }, (_, i) => ({
    situation: `S-${i}`,
    road: `G${random.whole(1, 99)}`,
  }));
  await step('road closures as DATEX II', async () => {
    const bytes = Buffer.from(datexFile(closures, Date.now()));
    writeFileSync(join(stage.out, 'sent-closures.xml'), bytes);
    const options = { mapping: 'datex@1', fileName: 'closures.xml' };
    await stage.client('transport').sendFile('transport.road-closures', bytes, options);
  });
  const responders = new Responders(stage);
  await responders.askRoads('before');
  await step('six departments subscribe', () => responders.subscribe());

  const stations = seededCity(people, seed).sensors.flatMap(({ sensor, kind }) =>
    kind === 'water' ? [sensor] : [],
  );
  await step(`${stations.length} stations, ${rising} of them rise`, async () => {
    const rows = levels({ stations, rising }, 12, Date.now(), random);
    writeFileSync(join(stage.out, 'levels.ndjson'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const pusher = stage.client('water').rows('water.levels');
    for (const row of rows) await pusher.push(row);
    await pusher.close();
  });

  const forecast = new Forecast(stage, folder);
  const extreme = await step('the extreme warning is read from its CAP message', () =>
    forecast.adapted({ alert: 'X-1', area: '990101', severity: 'Extreme' }),
  );
  const count = Math.max(60, Math.round(people / 20));
  const paceMs = Math.max(minPaceMs, Math.round(minPublishingMs / count));
  const half = Math.floor(count / 2);
  let opened: Published | undefined;
  await step(`${count} warnings, an extreme one in the middle, and then the hub is killed`, async () => {
    let crash: Promise<void> = Promise.resolve();
    for (let i = 0; i < count; i += 1) {
      if (i === half) {
        opened = await forecast.publish(issued, extreme);
        await responders.askRoads('open');
      }
      if (i === half + 10) crash = stage.crash();
      const next = sleep(paceMs);
      await forecast.publish(issued, {
        alert: `M-${i}`,
        area: random.pick(districts).code,
        severity: 'Moderate',
        headline: '暴雨黄色预警',
        expires: chinaTime(Date.now() + 3_600_000),
        contact: forecaster,
      });
      await next;
    }
    await crash;
    await responders.confirmed();
  });
  if (opened === undefined) throw new Error('no extreme warning');
  const { event, answered: from } = opened;
  await step('the deadline passes: one department is late, two stages', async () => {
    await sleep(Math.max(0, from + deadline + lastStage + 2_000 - Date.now()));
    await responders.confirm(late, event);
  });
  const publisher = new Received(stage.out, 'meteorology');
  await publisher.call(() => stage.client('meteorology').events.board(event));
  await step('the warning is lifted, and with it the purpose ends', async () => {
    await forecast.publish(lifted, { alert: 'X-1', area: '990101' });
    await responders.askRoads('closed');
  });
  note('published', forecast.published);
  await sleep(2_000);
  await responders.stop();
  await step('the archive of the event, verified without the hub', async () => {
    const auditor = await stage.person('审计 audit', 'auditor');
    const reply = await stage.staffReply(`/v1/open-events/${event}/archive`, auditor);
    new Received(stage.out, 'auditor').write({ reply });
    writeFileSync(join(stage.out, 'archive.json'), reply.body);
    await stage.verify('archive', 'archive-verified');
  });
};
