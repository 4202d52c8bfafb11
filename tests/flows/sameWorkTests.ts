/**
 * Time reveals no more than bytes: of a person who did not agree the hub, its database and the provider do the same whether or not the dataset
 * holds them. No clock is read; what is compared is every statement with the shape of what it is given. Run on the hub of consent.test.ts.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { LiveConnection } from '../../clients/sdk/liveConnection.ts';
import type { CallContext, FilterTerm } from '../../clients/sdk/types.ts';
import type { City, TestHub } from '../hub.ts';
import { liveDataset, rowsOf, serve, type Row } from './liveProvider.ts';
import { recordStatements, type Statement } from './statements.ts';

export interface SameWorkStage {
  readonly hub: TestHub;
  readonly city: City;
  /** who is in the register, and has no consent */
  readonly present: string;
  /** for whom strangers agreed: one is in the register */
  readonly wronged: { readonly present: string; readonly absent: string };
  /** the register, as its provider gives it live */
  readonly rows: readonly Row[];
  /** whose guardian agrees to what is searched for in the live dataset */
  readonly agreed: string;
  readonly agree: () => Promise<unknown>;
  /** Submits a consent for a person that counts for none of their rows. */
  readonly agreeFor: (person: string, dataset: string) => Promise<unknown>;
}

const absent = '99010120150101901X';
const readsRows = /^rows_|"rows"\./;
const hosted = 'pub-security.household';

export function sameWorkTests({
  hub,
  city,
  present,
  wronged,
  rows,
  agreed,
  agree,
  agreeFor,
}: SameWorkStage): void {
  const { client } = city.education;
  const context: CallContext = {
    purpose: 'school-meals',
    agreement: 'agr-school-meals-asked',
    onBehalfOf: 'official-0317',
    matter: 'YC-2026-000021',
  };
  const named = (op: FilterTerm['op'], value: unknown) => [{ field: 'person_id', op, value }] as FilterTerm[];
  const searching = { ...context, agreement: 'agr-school-meals-found' };
  const requested = new Map<string, (dataset: string, person: string) => Promise<unknown>>([
    ['query', (dataset, person) => client.query(dataset, { filter: named('eq', person) }, context)],
    [
      'query among others',
      (dataset, person) => client.query(dataset, { filter: named('in', [person]) }, searching),
    ],
    [
      'query between two ends',
      (dataset, person) =>
        client.query(dataset, { filter: named('range', { gte: person, lte: person }) }, searching),
    ],
    [
      'batchQuery',
      (dataset, person) => client.batchQuery(dataset, { by: 'person_id', values: [person] }, context),
    ],
    [
      'checkFact',
      (dataset, person) =>
        client.checkFact(dataset, 'registered-as', { subject: person, value: '某某' }, context),
    ],
    [
      'stream',
      async (dataset, person) => {
        const parts: unknown[] = [];
        const opened = await client.stream(dataset, { filter: named('in', [person]) }, searching);
        for await (const { records } of opened) parts.push(records);
        return parts;
      },
    ],
  ]);
  /** What the call came to, and what it had the database do. */
  async function workOf(take: () => readonly Statement[], call: Promise<unknown>) {
    const reported = await call.then(
      (answer) => JSON.stringify((answer as { readonly json?: unknown }).json ?? answer),
      (error: unknown) => {
        assert.ok(error instanceof DatongProblem, String(error));
        return error.code;
      },
    );
    return { reported, work: take() };
  }

  describe('of a person who did not agree, the work of the hub reveals nothing', () => {
    const asks: unknown[] = [];
    let connection: LiveConnection;
    before(async () => {
      await city.apply('household-live/dataset.yaml');
      await city.apply(join(import.meta.dirname, 'documents/consentedAsked.yaml'), [
        city.education,
        city.publicSecurity,
      ]);
      connection = await serve(hub.hub, city.publicSecurity, (one) => (asks.push(one), rowsOf(rows, one)));
      for (const dataset of [hosted, liveDataset])
        for (const person of Object.values(wronged)) await agreeFor(person, dataset);
    });
    after(async () => {
      connection.close();
      await connection.closed;
    });

    for (const dataset of [hosted, liveDataset])
      for (const [name, ask] of requested) {
        if (dataset === liveDataset && name === 'stream') continue;
        test(`${name} of ${dataset}`, async (t) => {
          await ask(dataset, present).catch(() => undefined);
          asks.splice(0);
          const take = recordStatements(t);
          const there = await workOf(take, ask(dataset, present));
          const notThere = await workOf(take, ask(dataset, absent));
          assert.deepEqual(notThere, there);
          assert.ok(
            there.work.some(([statement]) => statement === 'read_standings'),
            JSON.stringify(there),
          );
          assert.equal(
            there.work.some(([statement]) => readsRows.test(statement)),
            false,
            'no row is read',
          );
          assert.deepEqual(asks.splice(0), [], 'no provider is asked');
        });

        test(`${name} of ${dataset}, where the consent is a stranger's`, async (t) => {
          await ask(dataset, wronged.present).catch(() => undefined);
          asks.splice(0);
          const take = recordStatements(t);
          const there = await workOf(take, ask(dataset, wronged.present));
          const requestedThere = asks.splice(0).length;
          const notThere = await workOf(take, ask(dataset, wronged.absent));
          assert.deepEqual(notThere, there);
          assert.equal(asks.splice(0).length, requestedThere);
        });
      }

    test('a list is requested of a provider as of the hub; only persons with a consent are returned', async () => {
      await agree();
      asks.splice(0);
      const { json } = await client.query(liveDataset, { filter: named('in', [present, agreed]) }, searching);
      assert.deepEqual(
        json.records.map((record) => record['person_id']),
        [agreed],
      );
      assert.equal(json.rows.withheld, 'undisclosed');
      const [requested, ...more] = asks as readonly {
        readonly filter: readonly { readonly value: unknown }[];
      }[];
      assert.deepEqual(more, []);
      assert.deepEqual(
        requested?.filter.map(({ value }) => value),
        [[present, agreed]],
        'one question, so that cursors and an answer that is held mean the same after a withdrawal',
      );
      for (const person of [agreed, absent])
        for (const [change, code] of [
          [{ sort: ['person_id'] }, 'live_order'],
          [{ cursor: 'A'.repeat(60) }, 'cursor_invalid'],
        ] as const)
          await assert.rejects(
            client.query(liveDataset, { filter: named('in', [person]), ...change }, searching),
            { code },
            'with or without a consent',
          );
    });
  });
}
