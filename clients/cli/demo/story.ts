/** The day in the invented city, act by act. */
import { basename, join, relative } from 'node:path';
import { exitCode, say } from '../verb.ts';
import { askAboutChild, enrolmentContext, household } from './acts/childAct.ts';
import { evidenceBox, writeEvidence } from './evidence.ts';
import { clerkAct } from './acts/clerkAct.ts';
import { mealsWithConsent } from './acts/consentAct.ts';
import { insurance } from './handovers.ts';
import { airFile, intake } from './acts/intakeActs.ts';
import { leaveForViewer } from './leaveForViewer.ts';
import { type Narrator, type DemoResources, newTally, type Tally } from './narrator.ts';
import { officerAct } from './acts/officerAct.ts';
import { liveAct } from './acts/liveAct.ts';
import { requestAct } from './acts/requestAct.ts';
import { periodsAct } from './acts/periodsAct.ts';
import { rainAct } from './acts/rainAct.ts';
import { sensorsAct } from './acts/sensorsAct.ts';
import { refusalAct } from './acts/refusalAct.ts';
import type { Resident } from './files/invented.ts';
import { schemaAct } from './acts/schemaAct.ts';
import { raiseStage, type Stage } from './stage.ts';
import { tamper, tamperingSql, type Entry } from './acts/tamperAct.ts';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DatongClient } from '../../sdk/datongClient.ts';
import { openProfile } from '../profile.ts';
import { shellWord } from '../../../terms/shellWord.ts';

/* Act four, 无条件共享: an agreement without a decision, and a question answered under it. */

/** GB 3095-2012, class II, mean of 24 hours, µg/m³ */
const threshold = 75;
const dataset = 'ecology.air-quality-hourly';

async function countSchoolDays(stage: Stage, narrator: Narrator, tally: Tally): Promise<void> {
  narrator.act({
    zh: '第四幕  无条件共享：空气数据，申请即得',
    en: 'Act 4  Unconditional sharing: air data, granted on request',
  });
  const [granted] = await narrator.step(
    () => stage.apply('air-quality/agreement.yaml'),
    ([one]) => ({
      zh: `教育局申请，枢纽自动生成共享协议 ${one?.id ?? ''}，立即生效，同样留痕`,
      en: `Education asks, the hub writes agreement ${one?.id ?? ''} itself, in force at once, and logged like any other`,
    }),
  );
  const agreement = granted?.id ?? '';
  const client = DatongClient.fromProfile(openProfile({ as: 'education' }));
  try {
    await narrator.step(
      async () => {
        const values: HourlyValue[] = [];
        const query = { fields: ['time', 'pm25'], sort: ['time'], limit: 500 };
        const context = { purpose: 'environment-study', agreement };
        for await (const page of client.queryPages(dataset, query, context)) {
          tally.exchanges.push(page.kept);
          values.push(...(page.json.records as unknown as HourlyValue[]));
        }
        return { values, days: schoolDays(values) };
      },
      ({ values, days }) => ({
        zh: `${values.length} 个小时值分页取回；${days.length} 个上课日中有 ${days.filter(isOver).length} 天 PM2.5 日均超过 ${threshold} µg/m³，改为室内体育课`,
        en: `${values.length} hourly values fetched page by page; on ${days.filter(isOver).length} of ${days.length} school days the mean PM2.5 was above ${threshold} µg/m³: lessons move indoors`,
      }),
    );
  } finally {
    client.close();
  }
}

interface HourlyValue {
  readonly time: string;
  readonly pm25: number | null;
}

const isOver = (day: { readonly mean: number }): boolean => day.mean > threshold;

/** Mean of each Monday to Friday that has values. */
function schoolDays(
  values: readonly HourlyValue[],
): readonly { readonly day: string; readonly mean: number }[] {
  const byDay = new Map<string, number[]>();
  for (const { time, pm25 } of values) {
    const day = time.slice(0, 10);
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    if (pm25 === null || weekday === 0 || weekday === 6) continue;
    byDay.set(day, [...(byDay.get(day) ?? []), pm25]);
  }
  return [...byDay].map(([day, hours]) => ({
    day,
    mean: hours.reduce((sum, one) => sum + one, 0) / hours.length,
  }));
}

const builder = fileURLToPath(new URL('../../../scripts/buildConsole.mjs', import.meta.url));

/**
 * Builds the console during the demo where the installation did not (npm ci --ignore-scripts); until then its address reports the build.
 * Ends at once where it is built already, and with the demo.
 */
function buildConsole(): void {
  if (!existsSync(builder)) return;
  const child = spawn(process.execPath, [builder], { stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
  process.once('exit', () => child.kill());
}

/** The results that the end of the story reports. */
interface Story {
  readonly child: Resident;
  readonly tally: Tally;
  /** a refusal that the viewer may try to turn into an answer */
  readonly refusal: Entry;
}

/** @param interrupted by the viewer: pending work ends */
export async function printStory(
  resources: DemoResources,
  reported: Narrator,
  { once, interrupted }: { readonly once: boolean; readonly interrupted: Promise<'interrupted'> },
): Promise<void> {
  const stage = await raiseStage(resources);
  printReady(stage, reported);
  const story = await Promise.race([play(stage, reported), interrupted]);
  if (story === 'interrupted') {
    process.exitCode = exitCode.refused;
  } else if (once) {
    await tamper(stage, reported, story.refusal);
  } else {
    await leaveForViewer(stage, story.child);
    printCommands(stage, reported, story);
    await interrupted;
  }
}

function printReady({ hub, departments }: Stage, reported: Narrator): void {
  const seconds = (performance.now() / 1000).toFixed(1);
  const megabytes = Math.round(process.memoryUsage().rss / 1_048_576);
  const place =
    hub.server === undefined ? 'DATABASE_URL' : `PostgreSQL ${hub.server.version} (${hub.server.flavour})`;
  reported.line(
    say({
      zh: `就绪：${seconds} 秒，${megabytes} MB；${place}；CA、四个监听端口、${departments.length} 个部门已入网`,
      en: `ready: ${seconds} s, ${megabytes} MB; ${place}; authority, four listeners, ${departments.length} departments enrolled`,
    }),
  );
  for (const { listener, wanted, port } of hub.moved) {
    reported.detail({
      zh: `端口 ${wanted} 已被占用，${listener} 改用 ${port}`,
      en: `port ${wanted} is taken; ${listener} listens on ${port} instead`,
    });
  }
}

async function play(stage: Stage, reported: Narrator): Promise<Story> {
  const tally = newTally();
  const file = await intake(stage, reported, tally);
  const child = await askAboutChild(stage, reported, tally, file);
  await mealsWithConsent(stage, reported, tally, child);
  await clerkAct(stage, reported, file);
  // before the city's procedure has the data office check such requests first
  await countSchoolDays(stage, reported, tally);
  await periodsAct(stage, reported);
  const provider = await requestAct(stage, reported);
  await schemaAct(
    stage,
    reported,
    file.good.filter(({ id }) => id !== child.id),
    provider,
  );
  await liveAct(
    stage,
    reported,
    file.good.filter(({ id }) => id !== child.id),
  );
  await sensorsAct(stage, reported);
  await rainAct(stage, reported);
  await refusalAct(stage, reported, tally, child);
  await officerAct(stage, reported);
  const receipts = await writeEvidence(stage, tally);
  reported.line('');
  reported.line(await evidenceBox(tally, child, receipts));
  const { exchange = '', leaf = '' } = tally.refusals.find((one) => one.exchange !== undefined) ?? {};
  const refusal = { exchange, leaf };
  return { child, tally, refusal };
}

/** `datong` where the demo was started by that name, else the file that was started: no name is looked up elsewhere. */
function commandTyped(): string {
  const started = process.argv[1] ?? 'bin/datong.mjs';
  return basename(started) === 'datong' ? 'datong' : `node ${shellWord(relative(process.cwd(), started))}`;
}

/** Commands that work in another terminal, in the project's folder, as long as the demo runs. */
function printCommands(
  { hub, evidence, folder, commandPrefix }: Stage,
  reported: Narrator,
  { child, refusal }: Story,
): void {
  const command = commandTyped();
  const datong = `${commandPrefix}${command}`;
  const { purpose, agreement, onBehalfOf = '', matter = '' } = enrolmentContext;
  const commands = [
    `${datong} fetch ${household} --as education --purpose ${purpose} --agreement ${agreement} --on-behalf-of ${onBehalfOf} --matter ${matter} --filter person_id=${child.id}`,
    `${datong} fetch ${household} --as transport --purpose ${purpose} --agreement ${agreement}`,
    `${datong} fetch ${insurance.dataset} --as education --purpose ${purpose} --agreement agr-enrolment-insurance --on-behalf-of ${onBehalfOf} --matter ${matter} --filter person_id=${child.guardian}`,
    `${command} adapt ${shellWord(join(folder, 'files', insurance.file))} --mapping samples/${insurance.sample}/dataset.yaml --code-lists samples/city/regions.yaml`,
    `${datong} send ${relativeTo(airFile)} --as ecology --dataset ecology.air-quality-hourly --mapping prsa`,
    `${datong} diagnose --as education`,
    `${command} audit verify ${shellWord(evidence)} --anchors ${shellWord(join(evidence, 'anchors.json'))}`,
    `${datong} audit verify --as auditor`,
  ];
  buildConsole();
  reported.act({
    zh: `在浏览器里看：${hub.console}（演示身份，无需密码）`,
    en: `See it in a browser: ${hub.console} (pick a person, no password)`,
  });
  reported.act({
    zh: '在另一个终端试试（Ctrl-C 结束演示）',
    en: 'Try in another terminal (Ctrl-C ends the demo)',
  });
  for (const command of commands) reported.line(`  ${command}`);
  reported.act({
    zh: '尾声  篡改：你来当数据库管理员，改一条日志，再核验',
    en: 'Epilogue  Tampering: be the database administrator, edit an entry, then verify',
  });
  reported.line(`  ${asSuperuser(hub.server)} "${tamperingSql(refusal).replaceAll('"', '\\"')}"`);
  reported.line(`  ${datong} audit verify --as auditor`);
}

/** A command that takes SQL as its last argument: psql, or Node with the bundled PostgreSQL, which has no psql. */
function asSuperuser(server: Stage['hub']['server']): string {
  if (server === undefined) return 'psql "$DATABASE_URL" -c';
  const { host, port, user, flavour } = server;
  if (flavour === 'system') return `psql -h ${shellWord(host)} -p ${port} -U ${user} datong -c`;
  const client = `new pg.Client({ host: '${host}', port: ${port}, user: '${user}', database: 'datong' })`;
  return `node --input-type=module -e "import pg from 'pg'; const c = ${client}; await c.connect(); await c.query(process.argv[1]); await c.end()"`;
}

const relativeTo = (path: string): string => path.slice(path.indexOf('samples/'));
