/**
 * Limits, durations and defaults that the pages state are those of the code: each sentence is made here from the constant that acts, in both
 * languages, and must be in its page. A change of one of the two reports which sentence belongs to it.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { lifetimes } from '../../certs/authority/lifetimes.ts';
import { maxLifetimeSeconds, skewSeconds } from '../../certs/signatures/profile.ts';
import { largestPart } from '../../clients/sdk/sendFile.ts';
import { maxBegun, maxLater, maxPeriods } from '../../hub/domain/periods.ts';
import { maxAttemptsADay } from '../../hub/flows/release/services.ts';
import { defaultReleaseLimits } from '../../hub/flows/release/quotas.ts';
import { maxExports } from '../../hub/flows/release/exports/exports.ts';
import { exportLife } from '../../hub/flows/release/exports/store/exports.ts';
import { usualDemandClock } from '../../hub/domain/demand.ts';
import { expirySteps } from '../../hub/domain/expiry.ts';
import { daysToDeleteWithdrawn } from '../../hub/domain/duty.ts';
import { worthGuarding } from '../../hub/domain/drift.ts';
import { defaultIntakeRules } from '../../hub/domain/intakeRules.ts';
import { graded, weights } from '../../hub/domain/quality.ts';
import { minSunset } from '../../hub/domain/schemaVersion.ts';
import { readBackDelay } from '../../hub/log/writer/follower.ts';
import { nonceLife } from '../../hub/log/writer/replayMemory.ts';
import { chunkSize } from '../../hub/log/search/places.ts';
import { judgedTogether, personsTogether } from '../../hub/features/log/jobs/watchLog.ts';
import { maxRawHeaders, serverLimits } from '../../hub/platform/http/sockets/server.ts';
import { clockLooksEvery } from '../../hub/platform/database/clock.ts';
import { driverDeadline, statementDeadline } from '../../hub/platform/database/session.ts';
import { maxLeafLength } from '../../log/leafBytes.ts';
import { maxPackLength } from '../../log/pack/pack.ts';
import { leastYears } from '../../log/retention.ts';
import { root } from '../../scripts/generated.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const mebibyte = 1024 * 1024;

/** A number in a source as `const name = …` or `name: …`, though it is not exported. Products of such numbers, too. */
function inSource(path: string, name: string): number {
  const source = read(path);
  const written = new RegExp(`\\b${name}(?:: number)?(?: =|:) ((?!number\\b)[\\w* ]+)[,;} ]`).exec(
    source,
  )?.[1];
  assert.ok(written !== undefined, `${path} has no ${name}`);
  return written
    .trim()
    .split(' * ')
    .map((factor) => (/^\d/.test(factor) ? Number(factor.replaceAll('_', '')) : inSource(path, factor)))
    .reduce((product, factor) => product * factor, 1);
}

const english = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const chinese = '零一二三四五六七八九十';
const thousands = (n: number): string => n.toLocaleString('en');

const sessions = 'hub/identity/sessions';
const failures = inSource(`${sessions}/signInByCode.ts`, 'maxFailures');
const locked = inSource(`${sessions}/signInByCode.ts`, 'lockMilliseconds') / minute;
const challenge = inSource(`${sessions}/challenge.ts`, 'lifeMilliseconds') / minute;
const idle = inSource(`${sessions}/newSession.ts`, 'idleMilliseconds') / minute;
const life = inSource(`${sessions}/newSession.ts`, 'lifeMilliseconds') / hour;
const streams = inSource('hub/flows/release/openStreams.ts', 'maxOfDepartment');
const unread = inSource('hub/platform/http/replies/writeStream.ts', 'usualPatience') / minute;
const jump = inSource('hub/platform/database/clock.ts', 'largestStep') / 1000;
const tolerance = inSource('hub/log/openAuditLog.ts', 'tolerance') / 1000;
const connect = inSource('hub/platform/database/database.ts', 'connectDeadline') / 1000;
const ready = inSource('hub/features/health/operations/readyz.ts', 'deadline') / 1000;
const stall = inSource('hub/platform/database/stallWatch.ts', 'every') / 1000;
const silences = inSource('hub/platform/database/stallWatch.ts', 'maxSilences');
const farthest = inSource('hub/features/health/jobChecks.ts', 'maxAheadMs') / day;
const compared = inSource('hub/log/agreedKeys.ts', 'compareIntervalMs') / minute;
const marked = inSource('hub/log/highWater.ts', 'writeIntervalMs') / 1000;
const delay = inSource('hub/features/subjects/operations/viewDelays.ts', 'maxDays');
const assertion = inSource('policies/consents/assertion.ts', 'maxLifeMs') / minute;
const chosen = inSource('hub/features/log/operations/makeEvidence.ts', 'maxChosen');
const ofRange = inSource('hub/features/log/operations/makeEvidence.ts', 'maxOfRange');
const sizes = inSource('clients/sdk/checkpointKeeper.ts', 'maxSizes');
const unproven = inSource('clients/sdk/checkpointKeeper.ts', 'trustMs') / day;
const looks = inSource('clients/cli/witness/witness.ts', 'usualSeconds');
const unanswered = inSource('clients/cli/witness/serveWitness.ts', 'maxUnanswered');
const workbook = inSource('hub/flows/release/exports/exportFile.ts', 'maxRows');
const workbookBytes = inSource('hub/flows/release/exports/exportFile.ts', 'maxMebibytes');
const release = inSource('scripts/packages/bundle.mjs', 'mostMegabytes');
const materials = /specVersion: '([\d.]+)'/.exec(read('scripts/packages/bundle.mjs'))?.[1];
const possession = inSource('certs/authority/possession.ts', 'freshness');
const request = inSource('certs/authority/readRequest.ts', 'largestRequest') / 1024;
const deleted = inSource('clients/cli/delete.ts', 'maxKeys');
const oldRows = inSource('hub/flows/rows/store/references.ts', 'rowsLookedUp');
const otherKeys = inSource('hub/flows/rows/store/references.ts', 'keysLookedUp');
const changed = inSource('hub/flows/intake/guardArrival.ts', 'minChanged');
const years = inSource('policies/documents/documentChecks.ts', 'maxTermYears');
const emergency = inSource('policies/documents/documentChecks.ts', 'emergencyDays');
const dimensions = inSource('policies/aggregates/cube.ts', 'maxDimensions');
const sensitive = inSource('policies/plans/aggregates.ts', 'minGroupOfSensitive');
const group = /minGroup: \{ type: 'integer', minimum: (\d+)/.exec(
  read('policies/documents/documentSchemas.ts'),
)?.[1];
const tickets = 'hub/features/tickets/operations';
const ticketDays = inSource('hub/domain/ticket.ts', 'answerDays');
const ticketAhead = inSource('hub/domain/ticket.ts', 'escalateDays');
const notificationDays = inSource('hub/domain/ticket.ts', 'notificationDays');
const ofPerson = inSource(`${tickets}/ownTickets.ts`, 'maxADay');
const ofOpener = inSource(`${tickets}/openTicket.ts`, 'maxADay');
const holdYears = inSource('hub/features/log/operations/legalHolds.ts', 'maxYears');
const deputyDays = inSource('hub/features/staff/operations/standIns.ts', 'maxDays');
const feedDays = inSource('hub/flows/retention/jobs/retire.ts', 'feedDays');
const examined = inSource('hub/features/registry/operations/schemaWaiver.ts', 'maxExamined');
const failedRows = inSource('hub/flows/rows/store/liveQuarantine.ts', 'maxRows');
const pulledAtOnce = inSource('hub/features/pulls/jobs/pullSources.ts', 'atOnce');
const pulledPage = inSource('hub/features/pulls/openSource.ts', 'pageRows');
const simulated = 'hub/features/agreements/operations/simulatePolicy.ts';
const simulatedDays = inSource(simulated, 'usualDays');
const simulatedCalls = thousands(inSource(simulated, 'maxEntries'));
const subjects = /subjectsPerCall: \{ \.\.\.count, maximum: ([\d_]+)/.exec(
  read('policies/documents/documentSchemas.ts'),
)?.[1];

/** Page (below docs, without its ending), and what it says in each language. */
const reported: readonly (readonly [page: string, en: string, zh: string])[] = [
  ['policies', `(default ${simulatedDays}, at most`, `默认 ${simulatedDays} 天`],
  ['policies', `At most ${simulatedCalls} entries are read`, `最多读 ${simulatedCalls} 条`],
  ['operations', `after ${life} hours, ${idle} idle minutes`, `满 ${life} 小时；${idle} 分钟无操作`],
  [
    'operations',
    `${english[failures]} wrong ones block for ${locked} minutes`,
    `连错${chinese[failures]}次暂停 ${locked} 分钟`,
  ],
  [
    'operations',
    `challenges live ${english[challenge]} minutes`,
    `挑战${chinese[challenge]}分钟有效、只能应答一次`,
  ],
  [
    'operations',
    `does not start if its clock differs from the database's by more than ${tolerance} s`,
    `本机与之相差超过 ${tolerance} 秒时拒绝启动`,
  ],
  [
    'operations',
    `compares the database's clock with its monotonic clock every ${english[clockLooksEvery / 1000]} seconds`,
    `枢纽每${chinese[clockLooksEvery / 1000]}秒用自己的单调时钟`,
  ],
  ['operations', `A jump over ${jump} s`, `超过 ${jump} 秒的跳变`],
  [
    'operations',
    `Interactive statements: ${statementDeadline / 1000} s (hub: ${driverDeadline / 1000} s); connecting: ${connect} s; readiness checks: ${ready} s`,
    `交互语句在服务器上 ${statementDeadline / 1000} 秒结束，枢纽再等半秒；连接 ${connect} 秒内取得，就绪检查 ${ready} 秒内应答`,
  ],
  [
    'operations',
    `respond to a check every ${stall} s; after ${english[silences]} misses`,
    `每 ${stall} 秒询问一次服务器是否存活，连续两次没有应答`,
  ],
  ['tickets', `The provider has ${english[ticketDays]} working days`, `${chinese[ticketDays]}个工作日内答复`],
  ['tickets', `in its inbox, ${english[ticketAhead]} working days before`, '期限前两个工作日起在待办中'],
  [
    'tickets',
    `finds it in its inbox for ${notificationDays === 30 ? 'thirty' : notificationDays} days`,
    '三十天内在待办中看到',
  ],
  ['tickets', `reads the answer there. ${ofPerson === 10 ? 'Ten' : ofPerson} a day`, '一天至多十件'],
  [
    'tickets',
    `opens ${ofOpener === 200 ? 'two hundred' : ofOpener} tickets a day at most`,
    '一天至多提出两百件',
  ],
  ['audit', `for at most ${english[holdYears]} years`, `${chinese[holdYears]}年以内的截止时间`],
  ['audit', `at least ${english[leastYears]} years`, `满${chinese[leastYears]}年之后`],
  ['requests', `at most ${deputyDays} days after it begins`, `最长 ${deputyDays} 日`],
  [
    'requests',
    `assigns it within ${english[usualDemandClock.officeDays]} working days; the department names its entry or declines within ${english[usualDemandClock.departmentDays]}`,
    `主管部门${chinese[usualDemandClock.officeDays]}个工作日、部门${chinese[usualDemandClock.departmentDays]}个工作日`,
  ],
  ['api', `After ${feedDays} days without a call`, `${feedDays} 天没有调用`],
  [
    'schemas',
    `(the first ${thousands(examined)} of each dataset)`,
    `（每个数据资源前 ${thousands(examined)} 行）`,
  ],
  ['live', `At most ${thousands(failedRows)} per dataset`, `${thousands(failedRows)} 行`],
  ['intake', `pages of ${thousands(pulledPage)} rows`, `每页 ${thousands(pulledPage)} 行`],
  ['operations', `, ${english[pulledAtOnce]} at once`, `同时${chinese[pulledAtOnce]}个`],
  ['operations', 'read back a quarter of a second after their commit', '提交四分之一秒后读回'],
  ['operations', `postponed over ${english[farthest]} days`, '被推迟两天以上'],
  ['operations', 'at most a second late', '最多迟一秒'],
  ['operations', 'a job that has not succeeded for an hour', '一小时没有成功过的作业'],
  ['intake', `more than ${maxBegun} new [periods]`, `新建超过 ${maxBegun} 期`],
  ['intake', `At most ${maxBegun} new periods per batch, ${maxPeriods} per dataset`, `最多 ${maxPeriods} 期`],
  ['rows', `at most ${maxLater} periods after`, `此后的 ${maxLater} 期`],
  ['keys', `at start and every ${english[compared]} minutes`, `启动时及此后每${chinese[compared]}分钟`],
  ['keys', `before ${lifetimes.root / 365 / day} years are over`, `${lifetimes.root / 365 / day} 年之内`],
  [
    'keys',
    `before ${lifetimes.intermediate / 365 / day} years are over`,
    `${lifetimes.intermediate / 365 / day} 年内用根密钥更换`,
  ],
  [
    'keys',
    `certificates end after ${lifetimes.leaf / day} days`,
    `现有证书 ${lifetimes.leaf / day} 天后到期`,
  ],
  ['audit', `A pack is at most ${maxPackLength / mebibyte} MB`, `证据包 ${maxPackLength / mebibyte} MB`],
  ['audit', `at most ${thousands(maxLeafLength)} bytes`, `最长 ${thousands(maxLeafLength)} 字节`],
  ['audit', `remembered for ${nonceLife} s`, `随机数（nonce）记住 ${nonceLife} 秒`],
  ['audit', `units of ${thousands(chunkSize)} entries`, `${thousands(chunkSize)} 条为一块`],
  ['audit', `at most ${sizes} older sizes`, `较早的条数至多 ${sizes} 个`],
  ['audit', 'after a day a refusal (`reply_log_unproven`)', '一天之后不再采信（`reply_log_unproven`）'],
  ['audit', `polls, ${looks} s apart, without a proof`, `见证方每 ${looks} 秒主动查看枢纽`],
  [
    'audit',
    `${english[unanswered]} polls, ${looks} s apart, without a proof`,
    `连续${chinese[unanswered]}次查看没有证明`,
  ],
  [
    'audit',
    `${thousands(chosen)} matching entries, ${thousands(ofRange)} of a range`,
    `符合所问的至多 ${thousands(chosen)} 条，区间至多 ${thousands(ofRange)} 条`,
  ],
  [
    'audit',
    `Up to ${thousands(judgedTogether)} entries with ${thousands(personsTogether)} subjects are judged together`,
    `至多 ${thousands(judgedTogether)} 条合在一起判断，其中所涉个人合计不超过 ${thousands(personsTogether)} 人次`,
  ],
  ['audit', `at most ${english[assertion]} minutes`, `至多${chinese[assertion]}分钟`],
  ['audit', `for at most ${delay} days`, `至多 ${delay} 日`],
  ['audit', 'At most twenty denials a day per department, person and process', '每个进程每日至多二十次'],
  ['requests', 'thirty days, a week and a day ahead', '到期前三十日、七日、一日各告知双方一次'],
  ['schemas', 'at least ninety days ahead', '至少提前九十天'],
  [
    'intake',
    `1 disables it; with \`mode: upsert\` refused (\`intake_rule_idle\`) | ${defaultIntakeRules.mayShrink} |`,
    `1 表示不检查；\`mode: upsert\` 写了即不予登记（\`intake_rule_idle\`） | ${defaultIntakeRules.mayShrink} |`,
  ],
  [
    'intake',
    `days to decide | ${defaultIntakeRules.holdDays} |`,
    `核定期限，天 | ${defaultIntakeRules.holdDays} |`,
  ],
  ['intake', `compared from ${worthGuarding} rows on`, `均满 ${worthGuarding} 行`],
  ['intake', `weighted mean over the last ${english[graded]} batches`, `等级为最近${chinese[graded]}个批次`],
  [
    'intake',
    `of ${thousands(oldRows)} sampled rows, nine in ten of those that differ from the current batch (at least ${changed})`,
    `抽样 ${thousands(oldRows)} 行，与现有批次不同的行（至少 ${changed} 行）中九成`,
  ],
  ['intake', `of ${otherKeys} sampled keys`, `抽样 ${otherKeys} 个主键`],
  ['intake', `takes up to ${thousands(deleted)} keys`, `至多 ${thousands(deleted)} 个`],
  [
    'policies',
    `a term over ${english[years]} years; an emergency over ${emergency} days`,
    `期限超过${chinese[years]}年，应急超过 ${emergency} 天`,
  ],
  [
    'policies',
    `more than ${english[dimensions]} dimensions in total`,
    `维度合计超过${chinese[dimensions]}个`,
  ],
  [
    'policies',
    `\`minGroup\` below ${group} (${sensitive} with a sensitive field)`,
    `\`minGroup\` 小于 ${group}`,
  ],
  [
    'policies',
    `answers released on consent for this person; agreement \`-\` if their entries were altered | \`deleted\` | fifteen days`,
    '凭同意提供的此人的答复；其条目被改动而读不出协议的，列在协议 `-` 下 | `deleted` | 十五日',
  ],
  ['api', `within ${possession} s of the hub's clock`, `相差 ${possession} 秒以内`],
  ['api', `(PKCS #10, PEM, at most ${request} KB)`, `（PKCS #10，PEM，至多 ${request} KB）`],
  ['api', `(Unix seconds, at most ${maxLifetimeSeconds} apart`, `相差不超过 ${maxLifetimeSeconds}`],
  ['api', `time (${skewSeconds} s of skew)`, `时间（允许偏差 ${skewSeconds} 秒）`],
  [
    'api',
    `A reader idle for ${english[unread]} minutes ends the stream`,
    `${chinese[unread]}分钟没有读取的一方`,
  ],
  ['api', `At most ${english[streams]} open per department`, `最多同时打开${chinese[streams]}个`],
  ['api', `Files live ${exportLife / hour} hours`, `保留 ${exportLife / hour} 小时`],
  [
    'api',
    `At most ${english[maxExports]} per department (429 \`exports_too_many\`)`,
    `一个部门最多${chinese[maxExports]}个`,
  ],
  [
    'api',
    `${defaultReleaseLimits.exportBytes / 2 ** 30} GiB each`,
    `文件最大 ${defaultReleaseLimits.exportBytes / 2 ** 30} GiB`,
  ],
  ['operations', `at most ${release} MB unpacked`, `解压后不超过 ${release} MB`],
  ['operations', `CycloneDX ${materials}`, `CycloneDX ${materials}`],
  [
    'api',
    `workbooks ${thousands(workbook)} rows and ${workbookBytes} MiB unpacked`,
    `工作簿最多 ${thousands(workbook)} 行，且打包前不超过 ${workbookBytes} MiB`,
  ],
  [
    'api',
    `Over ${thousands(defaultReleaseLimits.batchRows)} rows are refused`,
    `超过 ${thousands(defaultReleaseLimits.batchRows)} 行则拒绝`,
  ],
  [
    'api',
    `up to \`subjectsPerCall\` values (${thousands(Number(subjects?.replace('_', '')))} at most)`,
    `（上限 ${thousands(Number(subjects?.replace('_', '')))}）`,
  ],
  ['api', `at most ${largestPart / mebibyte} MiB a part`, `每段不超过 ${largestPart / mebibyte} MiB`],
  [
    'api',
    `| headers | ${serverLimits.maxHeaderSize / 1024} KB, ${maxRawHeaders / 2} lines |`,
    `| 请求头 | ${serverLimits.maxHeaderSize / 1024} KB，${maxRawHeaders / 2} 行 |`,
  ],
  [
    'api',
    `its headers within ${serverLimits.headersTimeout / 1000} s, all of it within ${serverLimits.requestTimeout / 1000} s`,
    `请求头 ${serverLimits.headersTimeout / 1000} 秒内、全部 ${serverLimits.requestTimeout / 1000} 秒内送达`,
  ],
];

describe('figures', () => {
  for (const [page, en, zh] of reported)
    test(`${page}: ${en}`, () => {
      const spaces = /\s+/g;
      assert.ok(
        read(`docs/${page}.md`).replace(spaces, ' ').includes(en),
        `docs/${page}.md does not say «${en}»`,
      );
      const wanted = zh.replace(spaces, '');
      const chinesePage = read(`docs/${page}.zh-CN.md`).replace(spaces, '');
      assert.ok(chinesePage.includes(wanted), `docs/${page}.zh-CN.md does not say «${zh}»`);
    });

  test('those that are written in words', () => {
    assert.equal(driverDeadline - statementDeadline, 500);
    assert.equal(readBackDelay, 250);
    assert.equal(marked, 1);
    assert.equal(inSource('hub/platform/jobs/jobMemory.ts', 'patience'), hour);
    assert.equal(unproven, 1);
    assert.equal(silences, 2);
    assert.equal(maxAttemptsADay, 20);
    assert.equal(minSunset, 90);
    assert.equal(farthest, 2);
    assert.deepEqual(expirySteps, [30, 7, 1]);
    assert.equal(daysToDeleteWithdrawn, 'P15D');
    assert.deepEqual(Object.values(weights), [0.4, 0.3, 0.2, 0.1]);
  });
});
