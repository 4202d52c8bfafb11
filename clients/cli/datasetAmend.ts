/** `datong dataset amend ID`: changes its title, rules of intake and retention, for those responsible for it. */
import type { Command } from 'commander';
import type { StaffClient } from './apply/staffCall.ts';
import { bodyOf } from './approve/waiting.ts';
import { objectIn } from './mappingFile.ts';
import type { StaffOptions } from './profile.ts';
import { withStaff } from './schema/schemaLife.ts';
import { translated } from './reportedValues.ts';
import { data, exitCode, talk, VerbFailure } from './verb.ts';
import { wholeNumber } from './values.ts';
import { defined } from '../../terms/defined.ts';

export interface AmendOptions extends StaffOptions {
  readonly json?: boolean;
  readonly reason: string;
  readonly titleZh?: string;
  readonly titleEn?: string;
  readonly expect?: string;
  readonly since?: string;
  readonly rawDays?: string;
  readonly intake?: string;
  readonly decides?: string;
}

/** As the hub returns it. */
interface Read {
  readonly digest: string;
  readonly title: { readonly zh: string; readonly en: string };
  readonly intake: Readonly<Record<string, unknown>>;
}

export function registerAmend(dataset: Command): void {
  withStaff<AmendOptions>(
    dataset
      .command('amend')
      .description(
        '更改名称、报送规则、报送周期、保存天数 / amend its title, rules of intake, expected delivery interval, days of retention',
      )
      .argument('<dataset>', 'id of the dataset')
      .requiredOption('--reason <text>', 'reason; it is recorded in the log')
      .option('--title-zh <text>', 'its title in Chinese')
      .option('--title-en <text>', 'its title in English')
      .option(
        '--expect <period>',
        'how often a file is expected: day, workday, week:2, month:5, quarter:10, none',
      )
      .option('--since <day>', 'with --expect: periods from this day on, YYYY-MM-DD (default: as registered)')
      .option(
        '--raw-days <days>',
        'days that raw bytes and quarantined rows are retained, or hub for the setting of the hub',
        daysOrHub,
      )
      .option('--decides <person>', 'id of the person who decides on held batches, or none')
      .option('--intake <file>', 'all of its rules as JSON or YAML; rules not given take their defaults'),
    "datong dataset amend pub-security.household --expect month:5 --reason '改为每月报送'",
    amend,
  );
}

/**
 * Amends exactly what was read: its digest is sent too.
 * @throws VerbFailure (exit 4) for an invalid period or an unreadable file of rules, (exit 2) for `since` without a period
 */
export async function amend(client: StaffClient, id: string, options: AmendOptions): Promise<void> {
  if (options.since !== undefined && (options.expect === undefined || options.expect === 'none'))
    throw new VerbFailure(exitCode.usage, {
      zh: '--since 须与 --expect 的周期同用',
      en: '--since goes with a period of --expect',
    });
  const about = `/v1/datasets/${encodeURIComponent(id)}`;
  const read = bodyOf(await client.get(about))['dataset'] as Read;
  const amended = bodyOf(await client.post(`${about}/amendment`, bodyFor(options, read)));
  if (options.json === true) data(JSON.stringify(amended));
  else if (amended['proposal'] !== undefined) {
    data(`${id}  ${translated('state', 'waiting')}`);
    const approve = `datong review approve ${amended['proposal'] as string}`;
    talk({
      zh: `规则放宽或保存天数改变：等待数据安全管理员接受，${approve}`,
      en: `a rule is loosened or the retention changes: the security officer accepts it by ${approve}`,
    });
  } else data(`${id}  ${(amended['amended'] as string[]).join(', ') || '='}`);
}

/** @throws VerbFailure (exit 4) for an invalid period or an unreadable file of rules */
function bodyFor(options: AmendOptions, { digest, title, intake }: Read): object {
  const { reason, titleZh, titleEn, expect, rawDays, intake: file, decides } = options;
  return {
    digest,
    reason,
    ...(titleZh === undefined && titleEn === undefined
      ? {}
      : { title: { zh: titleZh ?? title.zh, en: titleEn ?? title.en } }),
    ...(expect === undefined && decides === undefined && file === undefined
      ? {}
      : { intake: requestedRules(options, intake) }),
    ...(rawDays === undefined ? {} : { retention: rawDays === 'hub' ? {} : { rawDays: Number(rawDays) } }),
  };
}

/** The rules of intake with what the options change. @throws VerbFailure as bodyFor */
function requestedRules(
  { expect, since, intake: file, decides }: AmendOptions,
  intake: Read['intake'],
): object {
  const rules =
    file === undefined
      ? intake
      : (objectIn(file, { zh: '报送规则', en: 'rules' }) as Readonly<Record<string, unknown>>);
  const { expect: current, decides: named, ...others } = rules;
  const from = since ?? (current as { readonly since?: string } | undefined)?.since;
  const period = expect === undefined ? defined({ expect: current }) : expectation(expect, from);
  const person = decides ?? named;
  return { ...others, ...period, ...(person === undefined || person === 'none' ? {} : { decides: person }) };
}

const daysOrHub = (text: string): string => (text === 'hub' ? text : String(wholeNumber(1, 3650)(text)));

/** @throws VerbFailure (exit 4) */
function expectation(text: string, since: string | undefined): object {
  if (text === 'none') return {};
  const [, every, by] = /^(day|workday|week|month|quarter)(?::(\d{1,2}))?$/.exec(text) ?? [];
  if (every === undefined)
    throw new VerbFailure(exitCode.local, {
      zh: `--expect ${text}：只能是 day、workday、week:N、month:N、quarter:N 或 none`,
      en: `--expect ${text}: it is day, workday, week:N, month:N, quarter:N or none`,
    });
  return {
    expect: {
      every,
      ...(by === undefined ? {} : { by: Number(by) }),
      ...defined({ since }),
    },
  };
}
