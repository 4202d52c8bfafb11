/** What a consumer can try with the signed API alone, drawn from a seed: the same in both worlds. */
import type { Random } from '../../clients/cli/demo/files/invented.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { contextHeaders, jsonCall } from '../../clients/sdk/jsonCall.ts';
import { dataset } from './twoWorlds.ts';

/** One try, made in each world with what that world handed out before. */
export interface Move {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** @param held what the world handed out before, where the move uses it: a cursor, or of changes the newest watermark */
  readonly body: (held: string | undefined) => object;
}

/** the agreement that delivers in every way */
const deliveries = {
  purpose: 'school-meals',
  agreement: 'agr-school-meals-deliveries',
  matter: 'YC-2026-000020',
} as const;
const contexts = [
  {
    purpose: 'school-meals',
    agreement: 'agr-school-meals',
    onBehalfOf: 'official-17',
    matter: 'YC-2026-000017',
  },
  { purpose: 'school-meals', agreement: 'agr-school-meals-list', matter: 'YC-2026-000018' },
  { purpose: 'school-meals', agreement: 'agr-school-meals-search', matter: 'YC-2026-000019' },
  deliveries,
  { purpose: 'school-enrolment', agreement: 'agr-counts' },
  {
    purpose: 'school-enrolment',
    agreement: 'agr-school-enrolment',
    onBehalfOf: 'official-17',
    matter: 'RX-2026-000017',
  },
] as const;
const fields = [
  ...['person_id', 'name', 'sex', 'birth_date', 'household_no', 'relation', 'address', 'region_code'],
  ...['mobile', 'guardian_id', 'move_in_date', 'income', 'no_such_field'],
];

/** @param known persons the attacker has heard of @param cursors how many it has been given */
export function nextMove(
  random: Random,
  known: readonly string[],
  cursors: number,
): Move & { readonly cursor: number } {
  const kind = random.int(11);
  // what a delivery reveals is usually checked where it is delivered
  const context = kind < 5 && random.int(4) > 0 ? deliveries : random.pick(contexts);
  const headers = { ...contextHeaders(context) };
  const of = (what: string): string => `/v1/datasets/${dataset}/${what}`;
  const person = (): string => random.pick(known);
  const value = (field: string): unknown => {
    if (field === 'person_id' || field === 'guardian_id') return person();
    if (field === 'income') return String(random.pick([20_000, 29_999, 30_001, 90_000, 200_000]));
    if (field === 'birth_date' || field === 'move_in_date')
      return `20${10 + random.int(12)}-0${1 + random.int(9)}-15`;
    if (field === 'region_code') return random.pick(['990101', '990102', '990103']);
    return random.pick(['女', '子', '154', '李', '1', '']);
  };
  const term = (field: string): object => {
    const op = random.pick(['eq', 'in', 'range']);
    if (op === 'eq') return { field, op, value: value(field) };
    if (op === 'in')
      return { field, op, value: Array.from({ length: 1 + random.int(40) }, () => value(field)) };
    return {
      field,
      op,
      value: random.int(2) === 0 ? { gte: value(field) } : { lt: value(field), gte: value(field) },
    };
  };
  const some = <T>(maxLength: number, make: () => T): T[] =>
    Array.from({ length: random.int(maxLength + 1) }, make);
  const cursor = cursors === 0 ? -1 : random.int(cursors);
  const made = (path: string, body: Move['body']) => ({
    path,
    headers,
    body,
    cursor,
  });
  switch (kind) {
    case 0: {
      const by = random.int(8) === 0 ? 'guardian_id' : 'person_id';
      const values = [...new Set(some(60, person))];
      return made(of('batch-query'), () => ({ by, values }));
    }
    case 1: {
      const fact = random.pick(['school-age', 'registered-as']);
      const requested = { subject: person(), ...(fact === 'registered-as' ? { value: value('name') } : {}) };
      return made(of(`facts/${fact}`), () => requested);
    }
    case 2: {
      const requested = {
        ...(random.int(3) === 0 ? { filter: some(2, () => term(random.pick(fields))) } : {}),
        ...(random.int(3) === 0 ? { fields: [random.pick(fields), random.pick(fields)] } : {}),
      };
      return made(of('stream'), () => requested);
    }
    case 3: {
      const requested = { limit: 1 + random.int(40) };
      const begins = random.int(8) === 0;
      return made(of('changes'), (held) => ({
        ...requested,
        ...(begins ? { restart: true } : held === undefined ? {} : { acknowledge: held }),
      }));
    }
    case 5: {
      const aggregate = random.pick(['by-both', 'by-district', 'by-name']);
      return made(of('aggregate'), () => ({ aggregate }));
    }
    case 6: {
      const subject = { kind: 'person', value: person() };
      return made('/v1/consents/query', () => ({ subject }));
    }
    case 7: {
      const at = random.int(60);
      return made(of('query'), (held) => ({
        limit: 10,
        ...(held === undefined ? {} : { cursor: at < 40 ? held : withOtherSign(held, at) }),
      }));
    }
    case 8: {
      const filter = [{ field: 'person_id', op: 'eq', value: person() }];
      return made(of('query'), () => ({ filter }));
    }
    default: {
      const body = {
        filter: some(2, () => term(random.pick(fields))),
        ...(random.int(3) === 0 ? { sort: [`${random.pick(['', '-'])}${random.pick(fields)}`] } : {}),
        ...(random.int(3) === 0 ? { fields: [random.pick(fields), random.pick(fields)] } : {}),
        limit: 1 + random.int(100),
      };
      return made(of(random.int(12) === 0 ? 'explain' : 'query'), () => body);
    }
  }
}

/** Never the text itself: each world's cursor is another, and must become a wrong one in both. */
const withOtherSign = (text: string, at: number): string =>
  `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;

/** All of a reply that its reader sees, but for what differs by chance: ids, times, and what is sealed. */
export interface Seen {
  readonly text: string;
  readonly answered: boolean;
  readonly cursor: string | undefined;
  /** of an answer with changes */
  readonly watermark: string | undefined;
}

export const isStream = ({ path }: Move): boolean => path.endsWith('/stream');
export const isChanges = ({ path }: Move): boolean => path.endsWith('/changes');

export async function play(client: DatongClient, move: Move, held: string | undefined): Promise<Seen> {
  try {
    if (isStream(move)) return await streamed(client, move);
    const input = jsonCall(move.path, move.body(held), move.headers, 'optional');
    const { json, kept: stored } = await client.call(input);
    const { nextCursor: cursor, watermark } = json as {
      readonly nextCursor?: string;
      readonly watermark?: string;
    };
    return {
      text: `${stored.reply.status} ${plain(stored.reply.body)}`,
      answered: true,
      cursor,
      watermark,
    };
  } catch (error) {
    if (!(error instanceof DatongProblem)) throw error;
    const text = `${error.status} ${plain(error.kept?.reply.body ?? new Uint8Array())}`;
    return { text, answered: false, cursor: undefined, watermark: undefined };
  }
}

/** Every row, every part and every note of a stream. */
async function streamed(client: DatongClient, move: Move): Promise<Seen> {
  const stream = await client.openStream(jsonCall(move.path, move.body(undefined), move.headers, 'required'));
  const parts: unknown[] = [];
  for await (const { records, rows, notes } of stream) parts.push({ records, rows, notes });
  const { withheld, obligations, end } = stream;
  const seen = { withheld, obligations, parts, rows: end.rows, of: end.parts };
  return {
    text: `200 ${plain(Buffer.from(JSON.stringify(seen)))}`,
    answered: true,
    cursor: undefined,
    watermark: undefined,
  };
}

const plain = (body: Uint8Array): string =>
  Buffer.from(body)
    .toString('utf8')
    .replaceAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, 'ID')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/"nextCursor":"([^"]*)"/g, (_whole, cursor: string) => `"nextCursor":${cursor.length}`);
