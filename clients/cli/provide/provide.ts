/** `datong client provide`: the connector of a department whose data stays with it. It opens connections to the hub; nothing connects to it. */
import type { Command } from 'commander';
import { DatongProblem } from '../../sdk/datongProblem.ts';
import type { DatongClient } from '../../sdk/datongClient.ts';
import type { LiveEvents } from '../../sdk/liveConnection.ts';
import type { Profile } from '../../sdk/profile.ts';
import { withProfile } from '../profile.ts';
import {
  data,
  exitCode,
  failureOf,
  findingLines,
  reportFindings,
  say,
  talk,
  VerbFailure,
  type CheckFinding,
} from '../verb.ts';
import { wrongMember } from '../memberReader.ts';
import { Problem } from '../../../terms/problem.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';
import { readConfiguration, type Configuration, type FileSource, type Source } from './configuration.ts';
import { dial, type Address } from './dial.ts';
import { checkWords, fileRows } from './fileRows.ts';
import { keepConnected } from './keepConnected.ts';
import { providedDataset, type ProvidedDataset, type RowProvider } from './providedRows.ts';
import { sourceReason } from './sourceReason.ts';
import { sqlRows } from './sqlRows.ts';
import { counted } from '../../../terms/counted.ts';
import { defined } from '../../../terms/defined.ts';

/* Implements `--check`: reads each source as a question would, and checks its first rows against the schema. */

/** Number of rows that are checked. */
const sampleRows = 200;

async function checkSource(
  { id, schema, compiled }: ProvidedDataset,
  provider: RowProvider,
): Promise<{ readonly rows: number; readonly findings: readonly CheckFinding[] }> {
  const fields = schema.fields.map(({ name }) => name);
  try {
    const { rows, after } = await provider.rows({ fields, filter: [], limit: sampleRows, patience: 30_000 });
    const { check, explain } = compiled();
    const findings = rows.flatMap((row, i): readonly CheckFinding[] =>
      check(row)
        ? []
        : explain(row).map(({ field, rule, message }) => ({
            code: rule,
            path: `${id}/${field}`,
            line: i + 1,
            message,
          })),
    );
    const doubled = after.length - new Set(after).size;
    const keys: readonly CheckFinding[] =
      doubled === 0
        ? []
        : [
            {
              code: 'key.repeated',
              path: id,
              message: {
                zh: `key 不能唯一确定一行：前 ${rows.length} 行中有 ${doubled} 行重复`,
                en: `key does not name a row: ${doubled} of the first ${rows.length} rows repeat one`,
              },
            },
          ];
    return { rows: rows.length, findings: [...findings, ...keys] };
  } catch (error) {
    return { rows: 0, findings: unreadable(id, error) };
  }
}

/** A source that cannot be read, with the findings of its reader. */
function unreadable(id: string, error: unknown): readonly CheckFinding[] {
  const { text, findings, next } = sourceReason(error, { isLogged: false });
  const zh = [`不能读取：${text.zh}`, ...(next === undefined ? [] : [next.zh])];
  const en = [`cannot be read: ${text.en}`, ...(next === undefined ? [] : [next.en])];
  return [
    { code: 'source', path: id, message: { zh: zh.join('；'), en: en.join('; ') } },
    ...findings.flatMap((finding): readonly CheckFinding[] => {
      const { code, rule, line, message } = finding as Partial<CheckFinding> & { readonly rule?: string };
      return message === undefined
        ? []
        : [{ code: code ?? rule ?? 'source', path: id, message, ...defined({ line }) }];
    }),
  ];
}

interface ProvideOptions extends ClientVerbOptions {
  readonly config: string;
  readonly hub: readonly string[];
  readonly check?: boolean;
}

export function register(program: Command): void {
  withProfile(program.command('provide'))
    .description(
      '实时供数的连接器：数据留在本部门，枢纽查询时才取所需的行 / the connector of live datasets: rows stay in the department and are fetched when they are asked for',
    )
    .option('--config <file>', 'which query or file each dataset comes from, YAML', 'provide.yaml')
    .option(
      '--hub <host:port>',
      'a process of the hub, once for each (default: every address of the hub’s name)',
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .option('--check', 'read each source once, validate its first rows against the schema, and end')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ datong client provide --check
  $ datong client provide --config provide.yaml
  $ datong client provide --hub 10.1.0.11:8443 --hub 10.1.0.12:8443

provide.yaml:
  datasets:
    health.immunisation-live:
      sql:
        urlFrom: HIS_DATABASE_URL        # or url: postgres://reader@localhost/his, mysql://reader@localhost/his
        query: SELECT * FROM doses
        key: [id]                        # names a row; rows come in its order
    health.clinics:
      file: { path: clinics.csv, mapping: clinics.yaml }

Exit: 0 ended by Ctrl-C or checked, 1 refused by the hub or --check found something, 3 the hub is not there (--check), 4 the configuration.`,
    )
    .action(run);
}

interface Served {
  readonly dataset: ProvidedDataset;
  readonly provider: RowProvider;
}

async function run(options: ProvideOptions): Promise<void> {
  const addresses = options.hub.map(addressOf);
  if (options.check === true && addresses.length > 0)
    throw new VerbFailure(
      exitCode.usage,
      {
        zh: '--hub 在此不起作用：--check 只读取各来源，不接入枢纽的进程',
        en: '--hub has no effect here: --check reads the sources and connects to no process of the hub',
      },
      { zh: '去掉 --hub 或 --check', en: 'leave out --hub or --check' },
    );
  const configuration = readConfiguration(options.config);
  await withClient(options, async (client, profile) => {
    const served = await sourcesOf(client, configuration, options);
    try {
      if (options.check === true) await check([...served.values()], options.json === true);
      else await serve(client, profile, served, addresses);
    } finally {
      await Promise.all([...served.values()].map(({ provider }) => provider.close()));
    }
  });
}

async function sourcesOf(
  client: DatongClient,
  { sources, lists }: Configuration,
  options: ProvideOptions,
): Promise<ReadonlyMap<string, Served>> {
  const found = new Map<string, Served>();
  for (const [id, source] of sources) {
    const dataset = await providedDataset(client, id, lists);
    found.set(id, { dataset, provider: providerOf(dataset, source, options) });
  }
  return found;
}

/**
 * @throws VerbFailure (exit 4) for a mapping that does not fit, for a column of a field that the schema lacks; with --check also for words of
 * a mapping without an effect
 */
function providerOf(dataset: ProvidedDataset, source: Source, options: ProvideOptions): RowProvider {
  const { id, schema } = dataset;
  const { config: file } = options;
  if (source.kind === 'file') return fileProvider(dataset, source, options);
  const fields = new Set(schema.fields.map(({ name }) => name));
  const unknown = Object.keys(source.columns).find((field) => !fields.has(field));
  if (unknown === undefined) return sqlRows(dataset, source);
  throw wrongMember(file, `datasets.${id}.sql.columns.${unknown}`, {
    zh: '数据集标准没有这一数据项',
    en: 'the schema has no such field',
  });
}

/** Words of the mapping without an effect are refused by `--check`. When serving they are printed: an earlier release accepted them. */
function fileProvider(
  dataset: ProvidedDataset,
  source: FileSource,
  { config, check: isCheck }: ProvideOptions,
): RowProvider {
  const place = `${config}, datasets.${dataset.id}.file.mapping`;
  const failed = isCheck === true ? undefined : notServed(dataset.id, source.path);
  const provider = orRefused(place, () => fileRows(dataset, source, failed));
  try {
    orRefused(place, () => checkWords(dataset, source));
  } catch (error) {
    if (isCheck === true || !(error instanceof VerbFailure)) throw error;
    talk({
      zh: `${place}：映射中有不起作用的写法，照常供给；--check 会拒绝`,
      en: `${place}: words of the mapping have no effect; it is served, --check refuses it`,
    });
    for (const line of error.details) talk(line);
  }
  return provider;
}

/** Reports a file that cannot be served, without a value of any row. */
function notServed(id: string, path: string): (error: unknown) => void {
  return (error) => {
    const { text, findings, next } = sourceReason(error, { isLogged: true });
    const moment = now();
    talk({
      zh: `${moment} ${id} ${path} 不能供给：${text.zh}`,
      en: `${moment} ${id} ${path} cannot be served: ${text.en}`,
    });
    for (const line of findingLines(findings)) talk(`  ${line}`);
    if (next !== undefined) talk({ zh: `  处理建议：${next.zh}`, en: `  next: ${next.en}` });
  };
}

function orRefused<T>(place: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { text, next, extras } = error;
    throw new VerbFailure(
      exitCode.local,
      { zh: `${place}：${text.zh}`, en: `${place}: ${text.en}` },
      next,
      findingLines(extras.findings ?? []),
    );
  }
}

async function check(served: readonly Served[], json: boolean): Promise<void> {
  const findings: CheckFinding[] = [];
  let rows = 0;
  for (const { dataset, provider } of served) {
    const found = await checkSource(dataset, provider);
    findings.push(...found.findings);
    rows += found.rows;
  }
  reportFindings(findings, {
    json,
    failure: exitCode.refused,
    passed: {
      zh: `${served.length} 个数据资源可以供给，看了 ${rows} 行`,
      en: `${counted(served.length, 'dataset')} can be served; ${counted(rows, 'row')} checked`,
    },
    facts: { datasets: served.length, rows },
  });
}

async function serve(
  client: DatongClient,
  { hub }: Profile,
  served: ReadonlyMap<string, Served>,
  addresses: readonly Address[],
): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const { hostname, port } = new URL(hub.exchange);
  let refused: DatongProblem | undefined;
  await keepConnected({
    addresses: addresses.length === 0 ? undefined : addresses,
    name: { host: hostname, port: Number(port === '' ? 443 : port) },
    signal: stopping.signal,
    open: (address) =>
      client.live.connect(
        [...served.keys()],
        (ask) => {
          const one = served.get(ask.dataset);
          if (one === undefined) throw new TypeError('a dataset that is not served');
          return one.provider.rows(ask);
        },
        dial(address),
        notified,
      ),
    opened: ({ host, port: at }) => {
      data(JSON.stringify({ connected: `${host}:${at}`, datasets: [...served.keys()] }));
      talk({
        zh: `已接入 ${host}:${at}，供给 ${[...served.keys()].join('、')}`,
        en: `connected to ${host}:${at}, serving ${[...served.keys()].join(', ')}`,
      });
    },
    ended: ({ host, port: at }, why, again) => {
      // an error that no other try can correct ends the connector
      if (why instanceof DatongProblem && [403, 404, 409].includes(why.status)) {
        refused = why;
        stopping.abort();
      }
      const text = endOf(why);
      const seconds = (again / 1000).toFixed(1);
      talk({
        zh: `${host}:${at}：${text.zh}；${seconds} 秒后重连`,
        en: `${host}:${at}: ${text.en}; again in ${seconds} s`,
      });
    },
  });
  if (refused !== undefined) throw refused;
}

const endOf = (why: unknown): { readonly zh: string; readonly en: string } =>
  typeof why === 'number'
    ? { zh: `连接已结束（${why}）`, en: `the connection ended (${why})` }
    : failureOf(why).text;

/** One line an event, without a value of any row. */
const notified: LiveEvents = {
  answered: ({ exchange, dataset }, came) => {
    if ('rows' in came) talk(`${now()} ${dataset} ${exchange} rows=${came.rows} ${came.ms.toFixed(0)}ms`);
    else {
      const reason = say(sourceReason(came.error, { isLogged: true }).text);
      talk(`${now()} ${dataset} ${exchange} ${came.code} ${reason}`);
    }
  },
  reported: (exchange, report) => talk(`${now()} ${exchange} ${JSON.stringify(report)}`),
  refused: (why) => talk(`${now()} ${why}`),
};

const now = (): string => new Date().toISOString();

function addressOf(text: string): Address {
  const found = /^(?<host>\[[0-9a-f:]+\]|[^\s:/]+):(?<port>\d{1,5})$/i.exec(text)?.groups;
  if (found === undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: `--hub ${text}：应为 主机:端口`,
      en: `--hub ${text}: host:port is wanted`,
    });
  return { host: (found['host'] ?? '').replace(/^\[|\]$/g, ''), port: Number(found['port']) };
}
