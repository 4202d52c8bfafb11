/** `datong audit incident`: who received which data in a period, and drafts of the required notifications. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { withStaffToken, type StaffOptions } from '../../profile.ts';
import { printMissing } from '../../printMissing.ts';
import { columns } from '../../printedText.ts';
import { exitCode } from '../../exitCode.ts';
import { data, dataLines, say, talk, VerbFailure } from '../../verb.ts';
import { moment } from '../search.ts';
import { staffReader } from '../staffReader.ts';
import { printSealed } from './subjects.ts';
import { ofBatch, toAuthority, toPersons, type Incident } from '../../../../log/incidentNotices.ts';
import { counted } from '../../../../terms/counted.ts';

interface IncidentOptions extends StaffOptions {
  readonly from: string;
  readonly until: string;
  readonly reason: string;
  readonly case: string;
  readonly agreement?: string;
  readonly dataset?: string;
  readonly consumer?: string;
  readonly official?: string;
  readonly keyid?: string;
  readonly batch?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly seal?: boolean;
}

export function registerIncident(audit: Command): void {
  withStaffToken(
    audit
      .command('incident')
      .description(
        '安全事件：一段时间内谁得到哪些数据项、涉及多少主体，并拟告知草稿 / a security incident: which department received which fields in a period, of how many persons, and drafts of the notices',
      ),
  )
    .requiredOption('--from <time>', '起（含），日期或 RFC 3339 / first day or moment')
    .requiredOption('--until <time>', '止（不含），日期或 RFC 3339 / the day or moment after the last')
    .requiredOption('--reason <text>', '事由；记入日志 / reason; recorded in the log')
    .requiredOption('--case <number>', '事件编号；记入日志 / incident number; recorded in the log')
    .option('--agreement <id>', '共享协议 / agreement')
    .option('--dataset <id>', '数据资源 / dataset')
    .option('--consumer <department>', '需求部门 / department that received data')
    .option('--official <id>', '经办人 / official, as the department signed it')
    .option('--keyid <thumbprint>', '签名密钥的指纹 / thumbprint of the signing key')
    .option('--batch <id>', '报送批次：其行供给了谁 / batch: to whom its rows were released')
    .option('-o, --out <folder>', '把结果与告知草稿写入文件夹 / folder for the answer and the drafts')
    .option(
      '--seal',
      '生成所涉主体的封存名单，由另一人放行，见 datong audit subjects / make the sealed list of the persons concerned; another person releases it: datong audit subjects',
    )
    .option('--json', '以 JSON 输出 / answer as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  datong audit incident --as security --agreement agr-school-enrolment --from 2026-11-01 --until 2026-11-08 --reason "stolen key" --case AQ-2026-1 -o incident',
    )
    .action(run);
}

async function run(options: IncidentOptions): Promise<void> {
  const { reason, case: number, agreement, dataset, consumer, official, keyid, batch, out, json } = options;
  if (options.seal === true && out !== undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: '--seal 不写文件，不能与 --out 同用',
      en: '--seal writes no files: leave --out away',
    });
  const from = moment(options.from, '--from') ?? '';
  const until = moment(options.until, '--until') ?? '';
  const requested = {
    reason,
    case: number,
    from,
    until,
    agreement,
    dataset,
    consumer,
    official,
    keyid,
    batch,
  };
  const hub = staffReader(options);
  try {
    if (options.seal === true) {
      printSealed(await hub.ask('POST', '/v1/log/incidents/subjects', requested), json === true);
      return;
    }
    const answer = await hub.ask('POST', '/v1/log/incidents', requested);
    const incident = { ...requested, ...answer } as unknown as Incident;
    if (out !== undefined) writeDrafts(out, incident);
    if (json === true) data(JSON.stringify(answer));
    else show(incident);
  } finally {
    hub.close();
  }
}

function show(incident: Incident): void {
  const { entries, subjects, recipients, batch } = incident;
  const rows = recipients.map(({ department, calls, rows: delivered, agreements, fields }) => [
    department,
    String(calls),
    String(delivered),
    agreements.join(' '),
    fields.join(', '),
  ]);
  if (rows.length > 0) dataLines(columns(rows, new Set([1, 2])));
  const suspend = [...new Set(recipients.flatMap(({ agreements }) => agreements))].join(' ');
  talk({
    zh: `${entries} 个条目，涉及主体 ${subjects} 个；可暂停：${suspend === '' ? '–' : suspend}`,
    en: `${counted(entries, 'entry', 'entries')} about ${counted(subjects, 'person or organisation', 'persons or organisations')}; what can be suspended: ${suspend === '' ? '–' : suspend}`,
  });
  printMissing(incident);
  if (batch !== undefined) talk(ofBatch(batch));
}

function writeDrafts(folder: string, incident: Incident): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = {
    'incident.json': JSON.stringify(incident),
    'to-authority.md': say(toAuthority(incident)),
    'to-persons.md': say(toPersons(incident)),
  };
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, name), `${text}\n`, { mode: 0o600 });
}
