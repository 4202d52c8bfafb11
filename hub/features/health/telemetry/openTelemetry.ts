/**
 * Traces and metrics for an OpenTelemetry receiver (`telemetry` in hub.json), sent by OTLP over HTTP as JSON. Loaded only where a receiver is
 * configured. No call waits for the receiver: spans wait in a bounded queue and are dropped when it is full.
 */
import { hostname } from 'node:os';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import type { Context, HrTime, Span, Tracer } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type MetricProducer,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace';
import type { TelemetryConfig } from '../../../platform/config/hubConfig.ts';
import { buckets } from '../../../pipeline/bucket.ts';
import type { CallTrace, TracedCall, Tracing } from '../../../pipeline/trace.ts';
import type { HubMetrics } from '../operations/hubMetrics.ts';
import { metricData } from './metricData.ts';

/** Spans that wait for the receiver; further ones are dropped. */
const maxWaitingSpans = 2_048;
const batchSpans = 512;
const batchEveryMs = 2_000;
/** ms in which the receiver must accept an export, repetitions included */
const patienceMs = 5_000;
/** ms in which the last spans and metrics may leave when the hub stops */
const lastPatienceMs = 2_000;

export type Signal = 'traces' | 'metrics';

export interface TelemetryParts {
  readonly config: TelemetryConfig;
  /** short name of the hub */
  readonly hub: string;
  readonly metrics: Pick<HubMetrics, 'families'>;
  /** called after each export; must not throw */
  readonly exported: (signal: Signal, outcome: 'ok' | 'failed') => void;
}

export interface Telemetry {
  /** undefined where no call is traced */
  readonly tracing: Tracing | undefined;
  /** Sends what waits, and stops. Never rejects, and takes at most two seconds. */
  close(): Promise<void>;
}

export function openTelemetry({ config, hub, metrics, exported }: TelemetryParts): Telemetry {
  const { tracesPerSecond, metricsSeconds } = config;
  const resource = resourceFromAttributes({
    'service.name': 'datong',
    'service.namespace': hub,
    'service.instance.id': `${hostname()}/${process.pid}`,
  });
  const spans =
    tracesPerSecond === 0
      ? undefined
      : new TracerProvider({ resource, spanProcessors: [spanProcessor(config, exported)] });
  const meters =
    metricsSeconds === 0
      ? undefined
      : new MeterProvider({ resource, readers: [metricReader(config, metrics, resource, exported)] });
  return {
    tracing: spans && callTracing(spans.getTracer('datong'), tracesPerSecond),
    close: async () => {
      const ended = Promise.allSettled([spans?.shutdown(), meters?.shutdown()]);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, lastPatienceMs)));
      await Promise.race([ended, late]);
      clearTimeout(timer);
    },
  };
}

/** Options of an exporter of either signal. One export at a time: a slow receiver gets no second one. */
const receiverOf = ({ endpoint, token, ca }: TelemetryConfig, signal: Signal) => ({
  url: `${endpoint}/v1/${signal}`,
  timeoutMillis: patienceMs,
  concurrencyLimit: 1,
  ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  ...(ca === undefined ? {} : { httpAgentOptions: { ca } }),
});

interface ExportResult {
  /** 0 where the receiver accepted the export (`ExportResultCode` of `@opentelemetry/core`) */
  readonly code: number;
}

/** Exports with a sender, and reports each outcome. */
const reporting =
  <Items, Result extends ExportResult>(
    sender: { export(items: Items, done: (result: Result) => void): void },
    signal: Signal,
    exported: TelemetryParts['exported'],
  ) =>
  (items: Items, done: (result: Result) => void): void =>
    sender.export(items, (result) => {
      exported(signal, result.code === 0 ? 'ok' : 'failed');
      done(result);
    });

function spanProcessor(config: TelemetryConfig, exported: TelemetryParts['exported']): BatchSpanProcessor {
  const sender = new OTLPTraceExporter(receiverOf(config, 'traces'));
  const exporter: SpanExporter = {
    export: reporting(sender, 'traces', exported),
    shutdown: () => sender.shutdown(),
  };
  return new BatchSpanProcessor({
    exporter,
    maxQueueSize: maxWaitingSpans,
    maxExportBatchSize: batchSpans,
    scheduledDelayMillis: batchEveryMs,
    exportTimeoutMillis: 2 * patienceMs,
  });
}

function metricReader(
  config: TelemetryConfig,
  metrics: TelemetryParts['metrics'],
  resource: Resource,
  exported: TelemetryParts['exported'],
): PeriodicExportingMetricReader {
  const startTime = nowOf();
  const ofHub: MetricProducer = {
    collect: async () => ({
      resourceMetrics: {
        resource,
        scopeMetrics: [
          {
            scope: { name: 'datong' },
            metrics: metricData(await metrics.families(), { startTime, endTime: nowOf() }),
          },
        ],
      },
      errors: [],
    }),
  };
  const sender = new OTLPMetricExporter(receiverOf(config, 'metrics'));
  const exporter: PushMetricExporter = {
    export: reporting(sender, 'metrics', exported),
    forceFlush: () => sender.forceFlush(),
    shutdown: () => sender.shutdown(),
  };
  const everyMs = config.metricsSeconds * 1_000;
  return new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: everyMs,
    exportTimeoutMillis: Math.min(everyMs, 2 * patienceMs),
    metricProducers: [ofHub],
  });
}

/** Seconds and nanoseconds since 1970. */
function nowOf(): HrTime {
  const ms = performance.timeOrigin + performance.now();
  return [Math.trunc(ms / 1_000), Math.trunc((ms % 1_000) * 1_000_000)];
}

/**
 * Traces a bounded number of calls of each department, and of the staff: those that ask for it with a sampled `traceparent`, and those without
 * one, whose trace begins at the hub.
 */
function callTracing(tracer: Tracer, perSecond: number): Tracing {
  const limits = buckets({ rate: perSecond, burst: perSecond });
  return {
    begin: (call) => {
      const { caller } = call;
      if (caller.kind !== 'department' && caller.kind !== 'staff') return undefined;
      const parent = parentOf(call.rawHeaders);
      if (parent === 'unsampled') return undefined;
      const who = caller.kind === 'department' ? caller.department : caller.kind;
      if (limits.take(who, performance.now()) > 0) return undefined;
      return traceOf(tracer, call, parent);
    },
  };
}

const traceparentOf = ({ traceId, spanId }: { readonly traceId: string; readonly spanId: string }): string =>
  `00-${traceId}-${spanId}-01`;

/**
 * Reads `traceparent` (W3C Trace Context §3.2). A malformed or repeated one is ignored, as the specification demands.
 * @returns the root context where there is none
 */
function parentOf(rawHeaders: readonly string[]): Context | 'unsampled' {
  const found = rawHeaders.filter(
    (_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'traceparent',
  );
  const [, version, traceId, spanId, flags = '', rest = ''] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(
      found.length === 1 ? (found[0] ?? '') : '',
    ) ?? [];
  if (traceId === undefined || spanId === undefined || version === 'ff') return ROOT_CONTEXT;
  if (version === '00' && rest !== '') return ROOT_CONTEXT;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return ROOT_CONTEXT;
  if ((Number.parseInt(flags, 16) & TraceFlags.SAMPLED) === 0) return 'unsampled';
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
}

/** Attributes are the labels of the metrics and the id of the exchange. None of them identifies a person. */
function traceOf(tracer: Tracer, { operation, exchange, arrived }: TracedCall, parent: Context): CallTrace {
  const span = tracer.startSpan(
    operation,
    {
      kind: SpanKind.SERVER,
      startTime: arrived,
      attributes: { 'datong.operation': operation, 'datong.exchange': exchange },
    },
    parent,
  );
  const inside = trace.setSpan(ROOT_CONTEXT, span);
  return {
    id: span.spanContext().traceId,
    part: async (name, work) => {
      const part = tracer.startSpan(name, { kind: SpanKind.CLIENT }, inside);
      try {
        return await work(traceparentOf(part.spanContext()));
      } catch (error) {
        part.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        part.end();
      }
    },
    entry: ({ dataset, consumer, decision, code }) => {
      setAttributes(span, {
        'datong.dataset': dataset,
        'datong.consumer': consumer,
        'datong.decision': decision,
        'datong.code': code,
      });
    },
    end: (status) => {
      setAttributes(span, { 'http.response.status_code': status });
      if (status === undefined || status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

function setAttributes(span: Span, attributes: Readonly<Record<string, string | number | undefined>>): void {
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined) span.setAttribute(name, value);
}
