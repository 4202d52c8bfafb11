/** Traces and metrics at an OpenTelemetry receiver over real HTTP: what arrives, what does not, and a receiver that fails. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import type { LiveAsk } from '../../clients/sdk/liveConnection.ts';
import { eventually } from '../eventually.ts';
import { connectionsClosed, householdRow, liveDataset, openings, rowsOf, serve } from './liveProvider.ts';
import { cityHub } from '../cityHub.ts';

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}
interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
}
interface Point {
  readonly attributes: readonly Attribute[];
  readonly asDouble?: number;
  readonly count?: number;
  readonly bucketCounts?: readonly number[];
}
interface Metric {
  readonly name: string;
  readonly sum?: { readonly dataPoints: readonly Point[] };
  readonly histogram?: { readonly dataPoints: readonly Point[] };
}
interface Arrived {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** How the receiver answers: it accepts, reports an internal error, never answers, or does not speak HTTP. */
let mode: 'accepts' | 'fails' | 'hangs' | 'answers garbage' = 'accepts';
const arrived: Arrived[] = [];
const receiver: Server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (mode === 'hangs') return;
    if (mode === 'answers garbage') {
      request.socket.end('220 mail.yunxi.example ESMTP\r\n');
      return;
    }
    if (mode === 'accepts')
      arrived.push({
        path: request.url ?? '',
        headers: request.headers,
        text: Buffer.concat(chunks).toString('utf8'),
      });
    response.writeHead(mode === 'accepts' ? 200 : 500, { 'content-type': 'application/json' }).end('{}');
  });
});
await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
const endpoint = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;

const folder = mkdtempSync(join(tmpdir(), 'datong-telemetry-'));
const tokenFile = join(folder, 'token');
writeFileSync(tokenFile, 'receiver-token\n');
const { database, hub, city } = await cityHub({
  config: { telemetry: { endpoint, tokenFile, tracesPerSecond: 20, metricsSeconds: 1 } },
});
let stopped = false;
const stop = async (): Promise<void> => {
  if (stopped) return;
  stopped = true;
  await hub.stop();
};
after(async () => {
  await stop();
  receiver.closeAllConnections();
  receiver.close();
  rmSync(folder, { recursive: true, force: true });
});
await city.apply('household-live/dataset.yaml');
await city.apply('household-live/agreement.yaml', [city.education, city.publicSecurity]);
const rows = householdFile(300, 7).good.map(householdRow);
const child = rows.find((row) => row['region_code'] === '990101');
assert.ok(child);
const identityNumber = String(child['person_id']);

/** of the caller's current span; undefined: none */
let traceparent: string | undefined;
const client = new DatongClient({
  department: 'education',
  hub: { exchange: hub.hub.origins.exchange, open: hub.hub.origins.open },
  ca: hub.ca,
  tls: city.education.tls,
  signingKey: city.education.signing,
  traceparent: () => traceparent,
});
after(() => client.close());
const context = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment-live',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const about = { filter: [{ field: 'person_id', op: 'eq' as const, value: identityNumber }] };
const query = () => client.query(liveDataset, about, context);
const asked: LiveAsk[] = [];
const connection = await serve(hub.hub, city.publicSecurity, (one) => (asked.push(one), rowsOf(rows, one)));
after(async () => {
  connection.close();
  await connection.closed;
  if (!stopped) await connectionsClosed(database);
});

const spansOf = (): readonly Span[] =>
  arrived
    .filter(({ path }) => path === '/v1/traces')
    .flatMap(({ text }) => {
      const { resourceSpans } = JSON.parse(text) as {
        readonly resourceSpans: readonly {
          readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
        }[];
      };
      return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
    });
const metricsOf = ({ text }: Arrived): readonly Metric[] => {
  const { resourceMetrics } = JSON.parse(text) as {
    readonly resourceMetrics: readonly {
      readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[];
    }[];
  };
  return resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
};
const attributesOf = ({
  attributes,
}: Pick<Span, 'attributes'>): Record<string, string | number | undefined> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentId = '00f067aa0ba902b7';
const spansOfTrace = async (id: string, count: number): Promise<readonly Span[]> => {
  await eventually(
    () => spansOf().filter((span) => span.traceId === id).length >= count,
    () => `${spansOf().length} spans arrived`,
  );
  return spansOf().filter((span) => span.traceId === id);
};

describe('a receiver that accepts', () => {
  test('a trace leads from the client over the hub to the provider, and entry and trace name each other', async () => {
    traceparent = `00-${traceId}-${parentId}-01`;
    const { exchange } = await query();
    const spans = await spansOfTrace(traceId, 3);
    const call = spans.find(({ parentSpanId }) => parentSpanId === parentId);
    assert.ok(call);
    assert.deepEqual(attributesOf(call), {
      'datong.operation': 'queryDataset',
      'datong.exchange': exchange,
      'datong.dataset': liveDataset,
      'datong.consumer': 'education',
      'datong.decision': 'allow',
      'http.response.status_code': 200,
    });
    const parts = spans.filter(({ parentSpanId }) => parentSpanId === call.spanId);
    assert.deepEqual(parts.map(({ name }) => name).sort(), ['append', 'ask provider']);
    for (const { startTimeUnixNano, endTimeUnixNano } of parts) {
      assert.ok(BigInt(startTimeUnixNano) >= BigInt(call.startTimeUnixNano));
      assert.ok(BigInt(endTimeUnixNano) <= BigInt(call.endTimeUnixNano));
    }
    const question = parts.find(({ name }) => name === 'ask provider');
    assert.equal(asked.at(-1)?.traceparent, `00-${traceId}-${question?.spanId}-01`);
    // next to the provider's statement, which the entry commits to as well
    const { trace, given } = await openings(database, exchange);
    assert.equal(trace, traceId);
    assert.ok(Array.isArray(given) && given.length === 1);
  });

  test('a call without a trace begins one; its entry names it, also where it is refused', async () => {
    traceparent = undefined;
    await assert.rejects(client.query(liveDataset, about, { ...context, agreement: 'agr-unknown' }), {
      code: 'agreement_unknown',
    });
    await eventually(
      () => spansOf().some((span) => attributesOf(span)['datong.decision'] === 'deny'),
      () => 'no span of a refusal arrived',
    );
    const refused = spansOf().find((span) => attributesOf(span)['datong.decision'] === 'deny');
    assert.ok(refused);
    assert.equal(refused.parentSpanId ?? '', '');
    const { 'datong.exchange': exchange } = attributesOf(refused);
    assert.deepEqual(await openings(database, String(exchange)), { trace: refused.traceId });
  });

  test('a call that its client does not sample is not traced; a malformed header is ignored', async () => {
    const other = 'a'.repeat(32);
    const before = asked.length;
    traceparent = `00-${other}-${parentId}-00`;
    const { exchange } = await query();
    assert.equal(asked.length, before + 1);
    assert.equal(asked.at(-1)?.traceparent, undefined);
    assert.equal((await openings(database, exchange))['trace'], undefined);
    for (const malformed of [
      `00-${'0'.repeat(32)}-${parentId}-01`,
      `00-${other}-${'0'.repeat(16)}-01`,
      `00-${other}-${parentId}-01-more`,
      `ff-${other}-${parentId}-01`,
      'nonsense',
    ]) {
      traceparent = malformed;
      const answer = await query();
      const { trace } = await openings(database, answer.exchange);
      assert.match(String(trace), /^[0-9a-f]{32}$/);
      assert.notEqual(trace, other);
    }
  });

  test('metrics arrive under the names and with the values of /metrics', async () => {
    const counted = (metrics: readonly Metric[]): number =>
      metrics
        .find(({ name }) => name === 'datong_answers_total')
        ?.sum?.dataPoints.filter((point) => attributesOf(point)['operation'] === 'queryDataset')
        .reduce((sum, { asDouble = 0 }) => sum + asDouble, 0) ?? 0;
    const { body } = await hub.hub.metrics.text();
    const shown = [...body.matchAll(/^datong_answers_total\{operation="queryDataset",[^}]*\} (\d+)$/gm)]
      .map(([, value]) => Number(value))
      .reduce((sum, value) => sum + value, 0);
    assert.ok(shown > 5);
    let newest: readonly Metric[] = [];
    await eventually(
      () => {
        const last = arrived.findLast(({ path }) => path === '/v1/metrics');
        newest = last === undefined ? [] : metricsOf(last);
        return counted(newest) === shown;
      },
      () => `${counted(newest)} of ${shown}`,
    );
    const seconds = newest.find(({ name }) => name === 'datong_answer_seconds')?.histogram?.dataPoints;
    const queries = seconds?.find((point) => attributesOf(point)['operation'] === 'queryDataset');
    assert.equal(queries?.count, shown);
    assert.equal(
      queries.bucketCounts?.reduce((sum, count) => sum + count, 0),
      shown,
    );
    assert.ok(newest.some(({ name }) => name === 'datong_log_entries'));
  });

  test('nothing that arrives contains a value of the query, an official or a case number', () => {
    assert.ok(arrived.length > 3);
    for (const { text, headers } of arrived) {
      assert.equal(headers.authorization, 'Bearer receiver-token');
      for (const secret of [identityNumber, 'official-17', 'YX-2026-000123', String(child['name'])])
        assert.ok(!text.includes(secret), secret);
    }
  });

  test('a department has no more calls traced in a second than the limit', async () => {
    traceparent = undefined;
    const before = spansOf().length;
    const calls = 300;
    const started = performance.now();
    await Promise.all(Array.from({ length: calls }, () => client.exchanges()));
    const seconds = (performance.now() - started) / 1_000;
    await new Promise((wait) => setTimeout(wait, 3_000));
    const traced = spansOf()
      .slice(before)
      .filter(({ name }) => name === 'listExchanges').length;
    assert.ok(traced > 0, `${traced}`);
    assert.ok(traced <= 20 + 20 * seconds + 1, `${traced} in ${seconds} s`);
    assert.ok(traced < calls, `${traced}`);
  });
});

describe('a receiver that fails', () => {
  const failed = (lines: string): number =>
    [
      ...lines.matchAll(
        /^datong_telemetry_exports_total\{signal="(?:traces|metrics)",outcome="failed"\} (\d+)$/gm,
      ),
    ]
      .map(([, value]) => Number(value))
      .reduce((sum, value) => sum + value, 0);

  for (const fault of ['fails', 'hangs', 'answers garbage'] as const)
    test(`calls are answered as before while it ${fault}; the failure is counted and logged once`, async () => {
      const before = failed((await hub.hub.metrics.text()).body);
      const lines = hub.logged.length;
      mode = fault;
      let count = before;
      await eventually(
        async () => {
          const started = performance.now();
          assert.equal((await query()).status, 200);
          assert.ok(performance.now() - started < 4_000);
          count = failed((await hub.hub.metrics.text()).body);
          return count >= before + 2;
        },
        () => `${count - before} failures were counted`,
        { within: 40_000, every: 200 },
      );
      const warned = hub.logged.slice(lines).filter((line) => line.includes('receiver of telemetry'));
      assert.ok(warned.length <= 2, warned.join('\n'));
      mode = 'accepts';
      await eventually(
        () => hub.logged.slice(lines).some((line) => line.includes('accepts it again')),
        () => hub.logged.slice(lines).join('\n'),
      );
    });

  test('the hub stops in time while the receiver does not answer', async () => {
    mode = 'hangs';
    await query();
    connection.close();
    await connection.closed;
    const started = performance.now();
    await stop();
    assert.ok(performance.now() - started < 10_000);
  });
});
