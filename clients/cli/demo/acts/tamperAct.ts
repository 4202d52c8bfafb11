/** The epilogue, 篡改: a person with all rights over the database edits the log, and is detected. */
import pg from 'pg';
import { connectionOf } from '../../../../hub/platform/database/connection.ts';
import type { LogFinding } from '../../../../log/finding.ts';
import { staffReader } from '../../audit/staffReader.ts';
import { verifyLog } from '../../audit/verifyLog.ts';
import { exitCode, say, VerbFailure } from '../../verb.ts';
import type { Narrator } from '../narrator.ts';
import type { Stage } from '../stage.ts';

/** An entry of the log: its exchange, and its content. */
export interface Entry {
  readonly exchange: string;
  readonly leaf: string;
}

/**
 * The line a viewer can run as the database's superuser: it disables the trigger that protects the log, and makes a refusal look like an
 * answer.
 */
export function tamperingSql({ exchange, leaf }: Entry): string {
  const text = leaf.replace('"decision":"deny"', '"decision":"allow"').replaceAll("'", "''");
  return `SET session_replication_role = replica; UPDATE audit_entry SET leaf = convert_to('${text}', 'UTF8') WHERE id = '${exchange}';`;
}

/** The whole log, fetched with the auditor's token and verified here. */
export async function wholeLog(): Promise<{
  readonly findings: readonly LogFinding[];
  readonly size: number;
}> {
  const hub = staffReader({ as: 'auditor' });
  try {
    const { findings, checkpoint } = await verifyLog(hub, await hub.logKeys(), []);
    return { findings, size: checkpoint?.size ?? 0 };
  } finally {
    hub.close();
  }
}

/** Edits an entry without the hub's knowledge, and shows that verification names it. */
export async function tamper(stage: Stage, narrator: Narrator, entry: Entry): Promise<void> {
  narrator.act({
    zh: '尾声  篡改：数据库管理员改一条日志',
    en: 'Epilogue  Tampering: a database administrator edits the log',
  });
  const sql = tamperingSql(entry);
  const client = new pg.Client(connectionOf(stage.hub.database.address));
  client.on('error', () => undefined); // the statement below reports the failure
  await client.connect();
  try {
    await narrator.step(
      () => client.query(sql),
      () => ({
        zh: '以数据库超级用户身份，关掉保护日志的触发器，把一次拒绝改成允许',
        en: "as the database's superuser, the log's trigger is switched off and a refusal turned into an answer",
      }),
    );
  } finally {
    await client.end();
  }
  narrator.detail(sql);
  const { findings } = await narrator.step(wholeLog, ({ findings: [first] }) =>
    first === undefined
      ? { zh: '没有发现', en: 'nothing was found' }
      : { zh: `datong audit verify：${first.message.zh}`, en: `datong audit verify: ${first.message.en}` },
  );
  const named = findings.some((finding) => JSON.stringify(finding).includes(entry.exchange));
  if (!named) {
    throw new VerbFailure(exitCode.verification, {
      zh: `被改动的条目没有被指出：${findings.map((one) => say(one.message)).join('；')}`,
      en: `the edited entry was not named: ${findings.map((one) => say(one.message)).join('; ')}`,
    });
  }
}
