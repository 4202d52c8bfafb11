/** Defines the content of a reminder, and when two inbox items are the same. Pure. */
import type { Bilingual } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { defined } from '../../terms/defined.ts';

/** Sections of the inbox, in the words of a reminder. */
export const reminderWords = {
  requests: { zh: '共享申请', en: 'requests' },
  documents: { zh: '策略文档', en: 'policy documents' },
  proposals: { zh: '登记提议', en: 'proposals' },
  schemas: { zh: '数据集标准', en: 'schemas in review' },
  changeovers: { zh: '数据资源换版', en: 'datasets that change over' },
  retirements: { zh: '待退役的数据资源', en: 'datasets to be retired' },
  persons: { zh: '人员角色', en: 'roles of persons' },
  batches: { zh: '报送批次', en: 'batches' },
  silent: { zh: '断报的数据资源', en: 'datasets without their batch' },
  dueCases: { zh: '临期和逾期的办件', en: 'cases whose transition is nearly due or late' },
  events: { zh: '联动事件', en: 'open events' },
  pulls: { zh: '出了问题的定时抽取', en: 'pulls that met a problem' },
  tickets: { zh: '校核与异议申请', en: 'tickets' },
  disputes: { zh: '共享争议', en: 'disputes' },
  demands: { zh: '数据需求申请', en: 'demands for data' },
  duties: { zh: '接收数据后的义务', en: 'duties' },
  keys: { zh: '部门密钥', en: 'keys' },
  codes: { zh: '未使用的入网码', en: 'open enrolment codes' },
  expiring: { zh: '即将到期的共享协议', en: 'agreements that end soon' },
  stops: { zh: '已暂停的共享协议', en: 'stopped agreements' },
  seconds: { zh: '缺AB角的数据管理员', en: 'stewards without a second' },
  risks: { zh: '日志风险', en: 'findings over the log' },
  evidence: { zh: '取证申请', en: 'evidence to release' },
  catalogue: { zh: '应更新的目录条目', en: 'catalogue entries to update' },
  certificates: { zh: '即将到期的证书', en: 'certificates that end soon' },
} as const satisfies Readonly<Record<string, Bilingual>>;

export type ReminderSection = keyof typeof reminderWords;
const reminderSections = Object.keys(reminderWords) as readonly ReminderSection[];

/**
 * The members that identify an item of a section. The item is reported again where one of them changes (a request reaches another stage),
 * or when it becomes overdue.
 */
export const reminderKeyMembers: Readonly<Record<ReminderSection, readonly string[]>> = {
  requests: ['id', 'state', 'stage', 'escalated', 'extension'],
  documents: ['id', 'version'],
  proposals: ['proposal'],
  schemas: ['urn', 'digest', 'as'],
  changeovers: ['dataset', 'to', 'as', 'stops'],
  retirements: ['dataset', 'as', 'due', 'digest'],
  persons: ['person', 'roles'],
  batches: ['batch', 'proposedBy'],
  silent: ['dataset', 'due'],
  dueCases: ['dataset', 'transition', 'overdue'],
  events: ['event', 'step', 'department', 'as', 'stage', 'overdue'],
  pulls: ['dataset', 'outcome'],
  tickets: ['id', 'as', 'state', 'overdue'],
  disputes: ['id', 'state'],
  demands: ['id', 'state', 'overdue'],
  duties: ['id', 'state'],
  keys: ['keyid', 'state', 'objection'],
  codes: ['code'],
  expiring: ['agreement'],
  stops: ['agreement', 'sides', 'dataset'],
  seconds: ['steward', 'department'],
  risks: ['id', 'state', 'overdue'],
  evidence: ['id'],
  catalogue: ['clock', 'name', 'dataset', 'proposal', 'since', 'overdue'],
  certificates: ['what', 'department', 'pin', 'ends'],
};

/** The identity of an item. An item that has become overdue, or was urged once more, is a new item, in every section. */
export function itemIdentity(section: ReminderSection, one: object): readonly unknown[] {
  const members: Readonly<Record<string, unknown>> = { ...one };
  const same = reminderKeyMembers[section].map((member) => members[member] ?? null);
  const late = members['overdue'] === true && !reminderKeyMembers[section].includes('overdue');
  // the moment of the newest: the number falls when old urges are no longer read
  const { at } = (members['urged'] ?? {}) as { readonly at?: string };
  return [...same, ...(late ? ['overdue'] : []), ...(at === undefined ? [] : [`urged ${at}`])];
}

/** An item that waits for a person or department. */
export interface PendingItem {
  readonly section: ReminderSection;
  /** hex SHA-256 of its identity, which cannot be read from it */
  readonly thing: string;
  /** civil date of China: its deadline */
  readonly due?: string;
}

/** The owner of an address. A webhook always belongs to a department. */
export interface ReminderPlace {
  readonly kind: 'person' | 'department';
  /** id of a person, or code of a department */
  readonly owner: string;
  readonly way: 'mail' | 'webhook';
}

/** The whole content of a reminder: numbers by section, and the nearest day. It contains nothing about a person. */
export interface DescribedReminder {
  readonly counts: Readonly<Partial<Record<ReminderSection, number>>>;
  readonly nearest?: string;
}

/** @param items items that are new for the recipient */
export function describedOf(items: readonly PendingItem[]): DescribedReminder {
  const counts: Partial<Record<ReminderSection, number>> = {};
  for (const { section } of items) counts[section] = (counts[section] ?? 0) + 1;
  const [nearest] = items.flatMap(({ due }) => (due === undefined ? [] : [due])).sort();
  return { counts, ...defined({ nearest }) };
}

/** The number of items that it reports. */
export const itemsIn = ({ counts }: DescribedReminder): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** The operator is notified of an address that accepts nothing for so long. Milliseconds. */
export const unreachedAfterMs = 900_000;

export interface ReminderText {
  readonly subject: string;
  readonly text: string;
}

/** The text of the mail: Chinese first. @param place name of the hub, and the address of its console */
export function reminderText(
  reminder: DescribedReminder,
  place: { readonly hub: string; readonly console: string },
): ReminderText {
  const items = itemsIn(reminder);
  const reported = reminderSections.flatMap((section) => {
    const count = reminder.counts[section];
    return count === undefined ? [] : [{ count, ...reminderWords[section] }];
  });
  const { nearest } = reminder;
  const text = [
    `您在数据共享交换枢纽「${place.hub}」有 ${items} 项新的待办事项：`,
    ...reported.map(({ zh, count }) => `  ${zh}：${count}`),
    ...(nearest === undefined ? [] : [`最近的办理期限：${nearest}`]),
    `请登录查看：${place.console}（或运行 datong inbox）。本邮件由系统自动发送，不含个人信息，请勿回复。`,
    '',
    `${items === 1 ? 'One new thing waits' : `${items} new things wait`} for you at the hub "${place.hub}":`,
    ...reported.map(({ en, count }) => `  ${en}: ${count}`),
    ...(nearest === undefined ? [] : [`The nearest deadline: ${nearest}`]),
    `Sign in at ${place.console}, or run datong inbox. This mail was sent by a program and contains no personal data; replies are not read.`,
    '',
  ].join('\n');
  return { subject: `【打通 ${place.hub}】${items} 项待办 / ${items} waiting`, text };
}

/** Where reminders may be sent: destinations that the operator has allowed. Pure. */
export interface AllowedReminders {
  readonly mail?: { readonly domains: readonly string[] };
  /** `host` or `host:port` */
  readonly webhooks?: { readonly hosts: readonly string[] };
}

/**
 * The part of an address that is shown to others and that the operator must have allowed: a mail's domain, a webhook's host and port.
 */
export function reminderHost(way: ReminderPlace['way'], address: string): string {
  if (way === 'mail') return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  const { hostname, port } = new URL(address);
  return port === '' ? hostname : `${hostname}:${port}`;
}

const withoutUsualPort = (host: string): string => host.replace(/:443$/, '');

/**
 * Rejects hosts that are not allowed; otherwise a person could make the hub call any host or send mail to any address.
 * @throws Problem reminder_place_not_allowed
 */
export function refuseOtherHost(allowed: AllowedReminders, way: ReminderPlace['way'], address: string): void {
  const host = reminderHost(way, address);
  const named =
    way === 'mail' ? (allowed.mail?.domains ?? []) : (allowed.webhooks?.hosts ?? []).map(withoutUsualPort);
  if (!named.includes(host)) throw new Problem('reminder_place_not_allowed', { place: host });
}
