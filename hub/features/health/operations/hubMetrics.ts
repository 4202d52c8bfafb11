/** Metrics in Prometheus text format: counters, and gauges computed when they are read. */
import { Counter, Gauge } from 'prom-client';
import type { HubCounters } from './hubCounters.ts';
import type { Figure, Gauge as HubGauge } from './hubGauges.ts';
import type { MetricFamily } from './metricFamily.ts';

export interface HubMetrics {
  /** @returns the same metrics as data */
  families(): Promise<readonly MetricFamily[]>;
  /** @returns the text and its content type */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** Timeout of a gauge in milliseconds. The metrics reader gives up after ten seconds and would then get no metrics at all. */
const patience = 3_000;

/**
 * @param gauges computed when metrics are read, by name (`audit_queue`) and help text. A gauge that fails or is late is absent and
 *   counted, and does not affect the others
 * @param unread called with each gauge that failed; must not throw
 */
export function hubMetrics(
  { registry }: Pick<HubCounters, 'registry'>,
  gauges: Readonly<Record<string, HubGauge>> = {},
  unread: (gauge: string, error: unknown) => void = () => undefined,
): HubMetrics {
  const registers = [registry];
  const gaugeFailures = new Counter({
    name: 'datong_gauge_failures_total',
    help: 'figures that could not be read for the metrics, which then lack them',
    labelNames: ['gauge'],
    registers,
  });
  const figures = Object.entries(gauges).map(([name, { help, label, value }]) => {
    const labelNames = label === undefined ? [] : [label];
    const gauge = new Gauge({ name: `datong_${name}`, help, labelNames, registers });
    return async (): Promise<void> => {
      let figure: Figure = label === undefined ? NaN : new Map<string, number>();
      try {
        figure = await inTime(value);
      } catch (error) {
        gaugeFailures.inc({ gauge: name });
        unread(name, error);
      }
      if (typeof figure !== 'number') {
        gauge.reset();
        for (const [of, number] of figure) gauge.set({ [label ?? '']: of }, number);
      } else if (Number.isNaN(figure)) gauge.remove();
      else gauge.set(figure);
    };
  });
  // before the registry gathers: one failing gauge would suppress all metrics, and the failure count would lag by one read
  const readGauges = async (): Promise<void> => {
    await Promise.all(figures.map((read) => read()));
  };
  return {
    families: async () => {
      await readGauges();
      // the package's types name the kinds by number; its data has their names
      return (await registry.getMetricsAsJSON()) as unknown as readonly MetricFamily[];
    },
    text: async () => {
      await readGauges();
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

/** @throws the gauge's error, or a timeout */
async function inTime(value: HubGauge['value']): Promise<Figure> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`not counted in ${patience} ms`));
    }, patience);
  });
  try {
    return await Promise.race([value(), late]);
  } finally {
    clearTimeout(timer);
  }
}
