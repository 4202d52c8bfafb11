/**
 * Whether a one-record release slows down as a dataset grows: the same load on a hub with 100,000 rows of persons and on one with ten
 * million, in turns. PostgreSQL writes the rows beyond those of a file, with separate numbers.
 */
import { sampleCity, testHub, type Machine, type TestHub } from '../tests/hub.ts';
import { requestedRow, LoadProcess, ofHub, type Slice } from './release/load.ts';
import { sendRegister } from './release/register.ts';
import { median, type Bench, type BenchRow } from './row.ts';

const sizes = { small: 100_000, large: 10_000_000 };
const rounds = 7;
const slice = 1_000;
const sockets = 16;
const warmUp = 3_000;
const dataset = 'pub-security.household';

export const bench: Bench = { run };

type Size = keyof typeof sizes;
interface Filled {
  readonly hub: TestHub;
  readonly education: Machine;
}

async function run(): Promise<readonly BenchRow[]> {
  let people: readonly string[] = [];
  const load = new LoadProcess();
  const hubs: Partial<Record<Size, Filled>> = {};
  try {
    for (const size of ['small', 'large'] as const) {
      const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 } });
      const city = await sampleCity(hub, 1_000_000_000);
      hubs[size] = { hub, education: city.education };
      const sent = await sendRegister(city, sizes.small);
      // all over the file, not one page of the table after the other
      people = sent.map((_, nth) => sent[(nth * 7_919) % sent.length] ?? '');
      await grow(hub, sizes[size]);
    }
    // once both are filled: a hub closes idle connections while the larger one is filled
    for (const [size, { hub, education }] of Object.entries(hubs)) {
      await load.connect({ ...ofHub(hub, education), name: size, asked: requestedRow, people }, sockets);
    }
    return [await compare(load)];
  } finally {
    load.stop();
    for (const { hub } of Object.values(hubs)) await hub.stop();
  }
}

async function compare(load: LoadProcess): Promise<BenchRow> {
  const ask = async (size: Size, milliseconds: number, most: number): Promise<Slice> => {
    await load.prepare(size, most);
    return load.run(size, milliseconds);
  };
  for (const size of ['small', 'large'] as const) await ask(size, 60_000, warmUp);
  const times = { small: [] as number[], large: [] as number[] };
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const order = ['small', 'large'] as const;
    // neither is always the one that finds the other's leavings
    for (const size of round % 2 === 0 ? order : order.toReversed())
      times[size].push((await ask(size, slice, 6_000)).rate);
    ratios.push((times.small.at(-1) ?? 0) / (times.large.at(-1) ?? 1));
  }
  return {
    figure: 'time of a one-record release at 10 M ÷ 100 k rows',
    value: median(ratios),
    unit: '×',
    against: 'the same load on 100,000 rows',
    must: { atMost: 1.2 },
    aim: 1.05,
    note: `${median(times.large).toFixed(0)} against ${median(times.small).toFixed(0)} answers/s, ${sockets} sockets`,
  };
}

/** Appends rows of invented persons to those of the file: each row again, under other numbers. */
async function grow(hub: TestHub, rows: number): Promise<void> {
  const { owner } = hub.hub.database;
  const client = await owner.connect();
  try {
    const { rows: found } = await client.query<{ batch: string }>(
      'SELECT current_batch AS batch FROM dataset WHERE id = $1',
      [dataset],
    );
    const table = `b_${(found[0]?.batch ?? '').replaceAll('-', '')}`;
    const { rows: columns } = await client.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'rows' AND table_name = $1
      ORDER BY ordinal_position`,
      [table],
    );
    const names = columns.map(({ name }) => name);
    const made: Readonly<Record<string, string>> = {
      f_person_id: `'9' || lpad((again * ${sizes.small}::bigint + _row)::text, 17, '0')`,
      _row: `again * ${sizes.small}::bigint + _row`,
      _subject: `substr(sha256(convert_to(again || '.' || _row, 'UTF8')), 1, octet_length(_subject))`,
    };
    const times = Math.round(rows / sizes.small) - 1;
    await client.query('SET statement_timeout = 0');
    for (let again = 1; again <= times; again += 1)
      await client.query(
        `INSERT INTO rows.${table} (${names.join(', ')})
       SELECT ${names.map((name) => made[name] ?? name).join(', ')} FROM rows.${table}, (SELECT ${again}) AS of (again)
        WHERE _row <= ${sizes.small}`,
      );
    await client.query(`VACUUM ANALYZE rows.${table}`);
  } finally {
    // discards the connection with its settings
    client.release(true);
  }
}
