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

/** Draws what the moves name, in the order in which they ask for it. */
class Draw {
  readonly random: Random;
  private readonly known: readonly string[];

  constructor(random: Random, known: readonly string[]) {
    this.random = random;
    this.known = known;
  }

  readonly person = (): string => this.random.pick(this.known);

  /** Names of fields, two of them. */
  readonly twoFields = (): string[] => [this.random.pick(fields), this.random.pick(fields)];

  some<T>(maxLength: number, make: () => T): T[] {
    return Array.from({ length: this.random.int(maxLength + 1) }, make);
  }

  value(field: string): unknown {
    const { random } = this;
    if (field === 'person_id' || field === 'guardian_id') return this.person();
    if (field === 'income') return String(random.pick([20_000, 29_999, 30_001, 90_000, 200_000]));
    if (field === 'birth_date' || field === 'move_in_date')
      return `20${10 + random.int(12)}-0${1 + random.int(9)}-15`;
    if (field === 'region_code') return random.pick(['990101', '990102', '990103']);
    return random.pick(['女', '子', '154', '李', '1', '']);
  }

  /** A condition on any field. */
  readonly term = (): object => {
    const { random } = this;
    const field = random.pick(fields);
    const op = random.pick(['eq', 'in', 'range']);
    if (op === 'eq') return { field, op, value: this.value(field) };
    if (op === 'in')
      return { field, op, value: Array.from({ length: 1 + random.int(40) }, () => this.value(field)) };
    return {
      field,
      op,
      value:
        random.int(2) === 0 ? { gte: this.value(field) } : { lt: this.value(field), gte: this.value(field) },
    };
  };
}

type Made = Pick<Move, 'path' | 'body'>;
const pathOf = (what: string): string => `/v1/datasets/${dataset}/${what}`;

function batchQuery(draw: Draw): Made {
  const by = draw.random.int(8) === 0 ? 'guardian_id' : 'person_id';
  const values = [...new Set(draw.some(60, draw.person))];
  return { path: pathOf('batch-query'), body: () => ({ by, values }) };
}

function fact(draw: Draw): Made {
  const name = draw.random.pick(['school-age', 'registered-as']);
  const requested = {
    subject: draw.person(),
    ...(name === 'registered-as' ? { value: draw.value('name') } : {}),
  };
  return { path: pathOf(`facts/${name}`), body: () => requested };
}

function stream(draw: Draw): Made {
  const { random } = draw;
  const requested = {
    ...(random.int(3) === 0 ? { filter: draw.some(2, draw.term) } : {}),
    ...(random.int(3) === 0 ? { fields: draw.twoFields() } : {}),
  };
  return { path: pathOf('stream'), body: () => requested };
}

function changes({ random }: Draw): Made {
  const requested = { limit: 1 + random.int(40) };
  const begins = random.int(8) === 0;
  return {
    path: pathOf('changes'),
    body: (held) => ({
      ...requested,
      ...(begins ? { restart: true } : held === undefined ? {} : { acknowledge: held }),
    }),
  };
}

function aggregates({ random }: Draw): Made {
  const aggregate = random.pick(['by-both', 'by-district', 'by-name']);
  return { path: pathOf('aggregate'), body: () => ({ aggregate }) };
}

function consents(draw: Draw): Made {
  const subject = { kind: 'person', value: draw.person() };
  return { path: '/v1/consents/query', body: () => ({ subject }) };
}

/** The next page of an answer, also by a cursor that was changed. */
function nextPage({ random }: Draw): Made {
  const at = random.int(60);
  return {
    path: pathOf('query'),
    body: (held) => ({
      limit: 10,
      ...(held === undefined ? {} : { cursor: at < 40 ? held : withOtherSign(held, at) }),
    }),
  };
}

function lookup(draw: Draw): Made {
  const filter = [{ field: 'person_id', op: 'eq', value: draw.person() }];
  return { path: pathOf('query'), body: () => ({ filter }) };
}

function query(draw: Draw): Made {
  const { random } = draw;
  const body = {
    filter: draw.some(2, draw.term),
    ...(random.int(3) === 0 ? { sort: [`${random.pick(['', '-'])}${random.pick(fields)}`] } : {}),
    ...(random.int(3) === 0 ? { fields: draw.twoFields() } : {}),
    limit: 1 + random.int(100),
  };
  return { path: pathOf(random.int(12) === 0 ? 'explain' : 'query'), body: () => body };
}

/** Kinds of moves; those of the first five are usually made under the agreement that delivers in every way. */
const kinds = [
  ...[batchQuery, fact, stream, changes, query],
  ...[aggregates, consents, nextPage, lookup, query, query],
];

/** @param known persons the attacker has heard of @param cursors how many it has been given */
export function nextMove(
  random: Random,
  known: readonly string[],
  cursors: number,
): Move & { readonly cursor: number } {
  const kind = random.int(kinds.length);
  // what a delivery reveals is usually checked where it is delivered
  const context = kind < 5 && random.int(4) > 0 ? deliveries : random.pick(contexts);
  const headers = { ...contextHeaders(context) };
  const cursor = cursors === 0 ? -1 : random.int(cursors);
  const { path, body } = (kinds[kind] ?? query)(new Draw(random, known));
  return { path, headers, body, cursor };
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
