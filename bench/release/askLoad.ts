/**
 * A department's program: requests one person at a time, by the SDK or in plain HTTP through the agent, and reports the speed of the
 * answers.
 */
import { Agent, request } from 'node:http';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { readProfile } from '../../clients/sdk/profile.ts';

/** Orders for the program. */
export interface AskOrder {
  readonly way: 'sdk' | 'agent';
  readonly atOnce: number;
  readonly milliseconds: number;
}

/** Start parameters. */
export interface AskWorld {
  readonly profile: unknown;
  /** of the agent */
  readonly address: string;
  readonly token: string;
  /** full numbers of persons */
  readonly people: readonly string[];
}

const dataset = 'pub-security.household';
const context = {
  ...{ purpose: 'school-enrolment', agreement: 'agr-school-enrolment' },
  ...{ onBehalfOf: 'official-17', matter: 'YX-2026-000123' },
};
const headers = {
  'content-type': 'application/json',
  'datong-purpose': context.purpose,
  'datong-agreement': context.agreement,
  'datong-on-behalf-of': context.onBehalfOf,
  'datong-matter': context.matter,
};

type Ask = (person: string) => Promise<void>;
const queryOf = (value: string) => ({ filter: [{ field: 'person_id', op: 'eq' as const, value }] });

function bySdk(profile: unknown): Ask {
  const client = DatongClient.fromProfile(readProfile(profile, 'datong.json'));
  return async (person) => {
    await client.query(dataset, queryOf(person), context);
  };
}

function byAgent({ address, token }: AskWorld): Ask {
  const agent = new Agent({ keepAlive: true });
  return (person) =>
    new Promise((done, fail) => {
      const options = { agent, method: 'POST', headers: { ...headers, authorization: `Bearer ${token}` } };
      const sent = request(`${address}/v1/datasets/${dataset}/query`, options, (reply) => {
        reply.on('end', () =>
          reply.statusCode === 200 ? done() : fail(new Error(`status ${reply.statusCode ?? 0}`)),
        );
        reply.resume();
      });
      sent.on('error', fail);
      sent.end(JSON.stringify(queryOf(person)));
    });
}

let ways: Readonly<Record<AskOrder['way'], Ask>> | undefined;
let people: readonly string[] = [];
let nth = 0;

async function rate({ way, atOnce, milliseconds }: AskOrder): Promise<number> {
  const ask = ways?.[way];
  if (ask === undefined) throw new Error('asked before it was begun');
  let answers = 0;
  const started = performance.now();
  const over = started + milliseconds;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() < over) {
        nth += 1;
        await ask(people[nth % people.length] ?? '');
        answers += 1;
      }
    }),
  );
  return (1_000 * answers) / (performance.now() - started);
}

process.on('message', (reported: AskWorld | AskOrder) => {
  if ('way' in reported) {
    rate(reported).then(
      (found) => process.send?.({ rate: found }),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
    return;
  }
  ({ people } = reported);
  ways = { sdk: bySdk(reported.profile), agent: byAgent(reported) };
  process.send?.({ rate: 0 });
});
