/**
 * Number plates of two departments: junctions push a million passages a minute for 100,000 people, car parks push their entries. The command
 * centre may join them, because both providers signed a linkage; the planning bureau gets both without one.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../schemas/sample/random.ts';
import { chinaTime } from '../chinaTime.ts';
import type { Received } from '../received.ts';
import type { Stage } from '../stage.ts';

/** Passages a second, of the whole city of 100,000 people. */
const passagesPerSecond = 1_000_000 / 60;
/** Gateways of junctions; each sends one call at a time. */
const gateways = 8;
const tickMs = 100;
/** What passes here is compared passage by passage; all others are counted. */
const compared = 'j0000';

const linkage = {
  id: 'plates',
  epoch: 1,
  members: [
    { dataset: 'traffic.passages', field: 'plate' },
    { dataset: 'parking.entries', field: 'plate' },
  ],
};
const plate = { mask: 'pseudonym', domain: 'plate' };
const clear = { mask: 'clear' };

interface Granted {
  readonly dataset: string;
  readonly schema: string;
  readonly filterBy?: readonly string[];
  readonly fields: object;
}
const granted: Readonly<Record<'traffic' | 'parking', Granted>> = {
  traffic: {
    dataset: 'traffic.passages',
    schema: 'passage@1',
    filterBy: ['junction'],
    fields: { junction: clear, passage: clear, plate },
  },
  parking: {
    dataset: 'parking.entries',
    schema: 'parking-entry@1',
    fields: { entry: clear, car_park: clear, plate },
  },
};
const providers = ['traffic', 'parking'] as const;
const consumers = ['emergency', 'planning'] as const;
const agreementOf = (provider: string, consumer: string): string => `agr-${consumer}-${provider}`;

/** The departments, their datasets, and an agreement of each with both consumers. */
export async function registerTraffic(stage: Stage, folder: string, year: number): Promise<void> {
  await stage.apply(join(folder, 'traffic.yaml'));
  for (const department of [...providers, 'planning']) await stage.enrol(department);
  for (const provider of providers)
    for (const consumer of consumers)
      await stage.apply(
        [
          {
            kind: 'Agreement',
            format: 2,
            id: agreementOf(provider, consumer),
            version: 1,
            title: { zh: '车辆通行', en: 'Vehicles' },
            provider,
            consumer,
            purposes: ['public-safety'],
            basis: { type: 'statutory', reference: '中华人民共和国道路交通安全法', clause: '第五条' },
            valid: { from: `${year}-01-01T00:00:00+08:00`, until: `${year + 3}-01-01T00:00:00+08:00` },
            grants: [{ ...granted[provider], limits: { rowsPerCall: 1_000, callsPerDay: 1_000_000 } }],
            ...(consumer === 'emergency' ? { linkages: [linkage] } : {}),
          },
        ],
        { signers: [provider, consumer] },
      );
}

/** One entry of every fourth plate, as the car parks sent it. */
export async function park(stage: Stage, plates: readonly string[]): Promise<void> {
  const entries = plates
    .filter((_, i) => i % 4 === 0)
    .map((of, i) => ({ entry: i + 1, car_park: `p${i % 20}`, plate: of }));
  const pusher = stage.client('parking').rows('parking.entries');
  for (const entry of entries) await pusher.push(entry);
  await pusher.close();
  writeFileSync(join(stage.out, 'entries.json'), JSON.stringify(entries));
}

/**
 * Vehicles pass the junctions for so long. Writes the passages of one junction, and for each call its rows and how old its first passage was
 * when the receipt came.
 */
export async function drive(
  stage: Stage,
  {
    people,
    seconds,
    plates,
    random,
  }: {
    readonly people: number;
    readonly seconds: number;
    readonly plates: readonly string[];
    readonly random: Random;
  },
): Promise<void> {
  const rate = (passagesPerSecond * people) / 100_000;
  const junctions = Math.max(gateways, Math.round(people / 500));
  const calls: string[] = [];
  const begun = Date.now();
  let passages = 0;
  const gateway = async (nth: number): Promise<void> => {
    /** number of the first passage of each tick, and its moment */
    const ticks: (readonly [first: number, at: number])[] = [];
    const pusher = stage.client('traffic').rows('traffic.passages', {
      onAnswer: ({ accepted, quarantined }, first) => {
        while ((ticks[1]?.[0] ?? Infinity) <= first) ticks.shift();
        const [, made = 0] = ticks[0] ?? [];
        const at = Date.now();
        calls.push(JSON.stringify({ at, made, lag: at - made, accepted, bad: quarantined.length }));
      },
    });
    let sent = 0;
    for (let tick = 1; tick * tickMs <= seconds * 1_000; tick += 1) {
      // the moment at which they pass, also where this process is late
      const at = begun + tick * tickMs;
      await sleep(at - Date.now());
      ticks.push([sent, at]);
      const due = Math.round((rate * tick * tickMs) / 1_000 / gateways);
      const rows: string[] = [];
      for (; sent < due; sent += 1) {
        passages += 1;
        const junction = `j${String(nth + gateways * (sent % Math.ceil(junctions / gateways))).padStart(4, '0')}`;
        const of = plates[random.whole(0, plates.length - 1)];
        const row = {
          junction,
          passage: passages,
          time: chinaTime(at),
          plate: of,
          speed: random.whole(0, 90),
        };
        const text = JSON.stringify(row);
        if (junction === compared) rows.push(`${text}\n`);
        await pusher.push(text);
      }
      if (rows.length > 0) appendFileSync(join(stage.out, 'passages.ndjson'), rows.join(''));
    }
    await pusher.close();
  };
  await Promise.all(Array.from({ length: gateways }, (_, nth) => gateway(nth)));
  writeFileSync(join(stage.out, 'passage-calls.ndjson'), `${calls.join('\n')}\n`);
  const offered = Math.round(rate * 60);
  const took = Date.now() - begun;
  writeFileSync(
    join(stage.out, 'traffic.json'),
    JSON.stringify({ offered, passages, took, seconds, plates: plates.length }),
  );
}

/** Both consumers read the entries, and the passages of one junction. */
export async function readPlates(
  stage: Stage,
  received: Readonly<Record<(typeof consumers)[number], Received>>,
): Promise<void> {
  for (const consumer of consumers)
    for (const provider of providers) {
      const context = {
        purpose: 'public-safety',
        agreement: agreementOf(provider, consumer),
        onBehalfOf: 'duty-1',
      };
      const filter =
        provider === 'traffic' ? [{ field: 'junction', op: 'eq', value: compared } as const] : [];
      const { dataset } = granted[provider];
      for await (const { kept } of stage
        .client(consumer)
        .queryPages(dataset, { filter, limit: 1_000 }, context))
        received[consumer].write(kept, { asked: provider });
    }
}
