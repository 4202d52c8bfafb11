/** Alert rules and dashboard name only figures that the hub reports; each alert is fired once and both languages say what to do. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parse } from 'yaml';
import { recordBackup } from '../../hub/platform/backup/lastBackup.ts';
import { testDatabase } from '../database.ts';
import { eventually } from '../eventually.ts';
import { testHub } from '../hub.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'deploy/prometheus');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const database = await testDatabase();
const hub = await testHub({
  database,
  jobsByTime: false,
  // a receiver that is down
  config: { telemetry: { endpoint: 'http://127.0.0.1:9', metricsSeconds: 1, tracesPerSecond: 0 } },
});
after(() => hub.stop());
const scrape = async (): Promise<string> => (await fetch(`${hub.hub.origins.admin}/metrics`)).text();
const metrics = await scrape();
const reported = new Set(
  [...metrics.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = '', type]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  ),
);

const { groups } = parse(read('deploy/prometheus/alerts.yaml')) as {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
};
const rules = groups.flatMap((group) => group.rules);
const { panels } = JSON.parse(read('deploy/prometheus/dashboard.json')) as {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
};
const named = (expr: string): readonly string[] => expr.match(/\bdatong_\w+/g) ?? [];

test('rules and dashboard name only figures that /metrics has', () => {
  const expressions = [
    ...rules.map(({ expr }) => expr),
    ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ];
  assert.ok(expressions.length > 20);
  assert.deepEqual(
    expressions.flatMap(named).filter((name) => !reported.has(name)),
    [],
  );
});

test('both languages have what to do for each alert, and for no other', () => {
  const alerts = rules.map(({ alert }) => alert).sort();
  for (const page of ['docs/operations.md', 'docs/operations.zh-CN.md'])
    assert.deepEqual(
      [...read(page).matchAll(/^\| `(Datong\w+)` \|/gm)].map(([, name]) => name).sort(),
      alerts,
    );
});

const promtool = '/usr/bin/promtool';
const skip = !existsSync(promtool);

test('each alert is fired by its case', { skip }, () => {
  const cases = read('deploy/prometheus/alerts.test.yaml');
  for (const { alert } of rules) assert.ok(cases.includes(`alertname="${alert}"`), alert);
  const out = execFileSync(promtool, ['test', 'rules', 'alerts.test.yaml'], { cwd: folder });
  assert.match(out.toString('utf8'), /SUCCESS/);
});

/** Minutes for which the figures of a scrape last in the tests of promtool, and at which they are evaluated: before and after the second. */
const lasting = 30;
const evaluated = { healthy: 25, broken: 42 };

/** Series of promtool: each figure as the first scrape has it, then as the second one has it. */
function seriesOf(scrapes: readonly string[], begin: number): readonly object[] {
  const values = new Map<string, (number | undefined)[]>();
  for (const [nth, text] of scrapes.entries())
    for (const [, name = '', labels = '', value = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)) {
      // as Prometheus does with a label that it sets itself
      const own = labels.replace(/\bjob=/, 'exported_job=');
      const series = `${name}{${[own, 'instance="hub"', 'job="datong"'].filter((one) => one !== '').join(',')}}`;
      const figures = values.get(series) ?? [];
      // the clock of promtool begins at 0
      figures[nth] = Number(value) - (name.endsWith('_last_success_seconds') ? begin : 0);
      values.set(series, figures);
    }
  const shown = (value: number | undefined): string =>
    value === undefined || Number.isNaN(value) ? `_x${lasting}` : `${value}+0x${lasting - 1}`;
  return [...values].map(([series, figures]) => ({
    series,
    values: scrapes.map((_, nth) => shown(figures[nth])).join(' '),
  }));
}

test('what a rule watches is broken, and the figures of this hub fire its alert', { skip }, async () => {
  const { stateDir } = hub;
  const failed = (): Promise<number> =>
    scrape().then((text) =>
      Number(
        /datong_telemetry_exports_total\{signal="metrics",outcome="failed"\} (\d+)/.exec(text)?.[1] ?? 0,
      ),
    );
  const failsAgain = async (times: number): Promise<void> => {
    const before = await failed();
    await eventually(
      async () => (await failed()) >= before + times,
      () => 'no export failed',
    );
  };
  // a counter that begins shows no increase
  await failsAgain(1);
  const begin = Date.now() / 1_000;
  await hub.hub.runner.run('forgetQuotas');
  await recordBackup(stateDir, Date.now());
  const healthy = await scrape();

  await recordBackup(stateDir, Date.now() - 3 * 86_400_000);
  await database.owner.query("UPDATE job SET due = now() - interval '2 hours' WHERE name = 'forgetQuotas'");
  await failsAgain(4);
  let broken = '';
  await whileLocked(() =>
    eventually(
      async () => {
        broken = await scrape();
        return broken.includes('datong_readiness{check="commit"} 2');
      },
      () => 'readiness does not see that no commit ends',
    ),
  );

  const expected = ['DatongBackupStale', 'DatongJobLate', 'DatongNotReady', 'DatongTelemetryFails'];
  // some check of a hub that was made a moment ago is degraded, and the calendar of working days ends on a real day
  const firing =
    'group by (alertname) (ALERTS{alertstate="firing",alertname!~"DatongDegraded|DatongWorkingCalendarEnds"})';
  const place = await mkdtemp(join(tmpdir(), 'datong-alerts-'));
  after(() => rm(place, { recursive: true, force: true }));
  const file = join(place, 'broken.test.json');
  const tests = [
    {
      interval: '1m',
      input_series: seriesOf([healthy, broken], begin),
      promql_expr_test: [
        { expr: firing, eval_time: `${evaluated.healthy}m`, exp_samples: [] },
        {
          expr: firing,
          eval_time: `${evaluated.broken}m`,
          exp_samples: expected.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
        },
      ],
    },
  ];
  // JSON is YAML
  const rulesFile = join(folder, 'alerts.yaml');
  await writeFile(file, JSON.stringify({ rule_files: [rulesFile], evaluation_interval: '1m', tests }));
  const { status, stdout, stderr } = spawnSync(promtool, ['test', 'rules', file], { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}\n${stderr}`.slice(-3_000));
});

/** Another session holds the head of the log, so that no commit ends. */
async function whileLocked(use: () => Promise<void>): Promise<void> {
  const client = await database.owner.connect();
  try {
    await client.query('BEGIN');
    await client.query('LOCK TABLE audit_head IN ACCESS EXCLUSIVE MODE');
    await use();
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}
