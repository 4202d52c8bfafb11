/** What the hub itself logs, and no operation of openapi.yaml names. */
import type { Bilingual } from '../terms/bilingual.ts';

/** By the operation of the entry. */
export const hubActs: Readonly<Record<string, Bilingual>> = {
  acceptClock: { zh: '接受时钟的差异', en: 'accept a difference of the clocks' },
  acceptOlderDatabase: { zh: '接受较早的数据库', en: 'accept an older database' },
  claimBucket: { zh: '启用附件存储桶', en: 'claim the bucket of attachments' },
  countViews: { zh: '登记不含个人数据的查看次数', en: 'log the number of views without personal data' },
  deliverEvents: { zh: '推送事件', en: 'deliver events' },
  destroyEntries: { zh: '销毁到期的日志条目', en: 'destroy log entries whose retention ended' },
  digestRows: { zh: '计算已存行的摘要', en: 'compute the digests of stored rows' },
  escalateEvents: { zh: '将未确认的事件上报', en: 'escalate events that were not acknowledged' },
  expireBatch: { zh: '使未完成的批次失效', en: 'expire an unfinished batch' },
  followClock: { zh: '时钟发生跳变', en: 'record a jump of the clock' },
  genesis: { zh: '建立日志', en: 'begin the log' },
  keyCredentials: { zh: '重新计算凭据的校验值', en: 'compute the check values of credentials again' },
  overload: { zh: '过载时拒绝调用', en: 'refuse calls under overload' },
  replayErasure: { zh: '恢复后重新执行标识销毁', en: 'repeat an erasure after a restore' },
  reverifyLog: { zh: '复核日志', en: 'verify the log again' },
  sealRows: { zh: '为已存的行加封', en: 'seal stored rows' },
  sendReminders: { zh: '发送提醒', en: 'send reminders' },
  takeAuthority: { zh: '启用根证书', en: 'take a root certificate into use' },
  tellOverdueDuty: { zh: '提示逾期的义务', en: 'report an overdue duty' },
  verifyDatasets: { zh: '复核数据资源', en: 'verify datasets again' },
  verifyRows: { zh: '复核已存的行', en: 'verify stored rows again' },
  watchLog: { zh: '核对日志中的异常', en: 'watch the log for findings' },
};
