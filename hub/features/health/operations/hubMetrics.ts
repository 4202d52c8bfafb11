/** Metrics in Prometheus text format: what was counted, and figures asked for when they are read. */
import { Counter, Gauge } from 'prom-client';
import type { HubCounters } from './hubCounters.ts';
import type { Gauge as HubGauge } from './hubGauges.ts';

export interface HubMetrics {
  /** @returns the text and its content type */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** Longer than that no figure is waited for, in milliseconds: whoever reads metrics gives up after ten seconds, and would get none. */
const patience = 3_000;

/**
 * @param gauges figures that are asked for when metrics are read, by name (`audit_queue`) and help text. One that fails, or comes late, is
 *   absent and counted, and hides no other
 * @param unread told of each that failed; must not throw
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
  const figures = Object.entries(gauges).map(([name, { help, value }]) => {
    const gauge = new Gauge({ name: `datong_${name}`, help, registers });
    return async (): Promise<void> => {
      let figure = NaN;
      try {
        figure = await inTime(value);
      } catch (error) {
        gaugeFailures.inc({ gauge: name });
        unread(name, error);
      }
      if (Number.isNaN(figure)) gauge.remove();
      else gauge.set(figure);
    };
  });
  return {
    text: async () => {
      // before the registry gathers: it gives nothing at all where one figure fails, and would tell the failures of the time before
      await Promise.all(figures.map((read) => read()));
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

/** @throws what the figure throws, or that it did not come in time */
async function inTime(value: HubGauge['value']): Promise<number> {
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
