/** The alert rules of deploy/prometheus, evaluated by promtool over figures that hubs reported. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const promtool = '/usr/bin/promtool';
/** `skip` option of tests that need it: it is in Debian's package prometheus. */
export const skip: boolean = !existsSync(promtool);
export const alertsFolder: string = resolve(import.meta.dirname, '../deploy/prometheus');

/** Reads of /metrics, each of which lasts for some minutes of promtool's clock. */
export interface Scrape {
  readonly minutes: number;
  /** undefined: the hub did not answer */
  readonly text: string | undefined;
}

export interface FiredAlert {
  readonly alert: string;
  /** of the series that fires, such as `check="enrolments"` */
  readonly label?: string;
  readonly healthy: Scrape;
  /** what is watched is broken */
  readonly broken: readonly Scrape[];
  /** minutes after the first broken scrape at which the alert fires */
  readonly firesAfter: number;
}

/** @param begin Unix seconds at which the clock of promtool is 0 */
function seriesOf(scrapes: readonly Scrape[], begin: number): readonly object[] {
  const values = new Map<string, (number | undefined)[]>();
  const note = (series: string, nth: number, value: number): void => {
    const figures = values.get(series) ?? [];
    figures[nth] = value;
    values.set(series, figures);
  };
  for (const [nth, { text }] of scrapes.entries()) {
    note('up{instance="hub",job="datong"}', nth, text === undefined ? 0 : 1);
    for (const [, name = '', labels = '', value = ''] of (text ?? '').matchAll(
      /^(\w+)(?:\{(.*)\})? (\S+)$/gm,
    )) {
      // as Prometheus does with a label that it sets itself
      const own = labels.replace(/\bjob=/, 'exported_job=');
      const series = `${name}{${[own, 'instance="hub"', 'job="datong"'].filter((one) => one !== '').join(',')}}`;
      note(series, nth, Number(value) - (name.endsWith('_last_success_seconds') ? begin : 0));
    }
  }
  const shown = (value: number | undefined, minutes: number): string =>
    value === undefined || Number.isNaN(value) ? `_x${minutes}` : `${value}+0x${minutes - 1}`;
  return [...values].map(([series, figures]) => ({
    series,
    values: scrapes.map(({ minutes }, nth) => shown(figures[nth], minutes)).join(' '),
  }));
}

/** @returns what promtool finds wrong: an alert that fired before its cause was broken, or did not fire after; empty where each did as it must */
export async function wrongAlerts(fired: readonly FiredAlert[], begin: number): Promise<string> {
  const place = await mkdtemp(join(tmpdir(), 'datong-alerts-'));
  try {
    const file = join(place, 'fired.test.json');
    const tests = fired.map(({ alert, label = '', healthy, broken, firesAfter }) => {
      const expr = `group by (alertname) (ALERTS{${['alertstate="firing"', `alertname="${alert}"`, label].filter(Boolean).join(',')}})`;
      return {
        name: alert,
        interval: '1m',
        input_series: seriesOf([healthy, ...broken], begin),
        promql_expr_test: [
          { expr, eval_time: `${healthy.minutes - 1}m`, exp_samples: [] },
          {
            expr,
            eval_time: `${healthy.minutes + firesAfter}m`,
            exp_samples: [{ labels: `{alertname="${alert}"}`, value: 1 }],
          },
        ],
      };
    });
    // JSON is YAML
    const rulesFile = join(alertsFolder, 'alerts.yaml');
    await writeFile(file, JSON.stringify({ rule_files: [rulesFile], evaluation_interval: '1m', tests }));
    const { status, stdout, stderr } = spawnSync(promtool, ['test', 'rules', file], { encoding: 'utf8' });
    return status === 0 ? '' : `${stdout}\n${stderr}`.slice(-6_000);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
