/** Where reminders may go at all: what the operator has named. Pure. */
import { Problem } from '../../terms/problem.ts';
import type { ReminderPlace } from './reminder.ts';

export interface AllowedReminders {
  readonly mail?: { readonly domains: readonly string[] };
  /** `host` or `host:port` */
  readonly webhooks?: { readonly hosts: readonly string[] };
}

/** The part of an address that is told to others, and that the operator must have named: a mail's domain, a webhook's host and port. */
export function reminderHost(way: ReminderPlace['way'], address: string): string {
  if (way === 'mail') return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  const { hostname, port } = new URL(address);
  return port === '' ? hostname : `${hostname}:${port}`;
}

const withoutUsualPort = (host: string): string => host.replace(/:443$/, '');

/** A person could otherwise make the hub knock at any door, or write to anybody. @throws Problem reminder_place_not_allowed */
export function refuseOtherHost(allowed: AllowedReminders, way: ReminderPlace['way'], address: string): void {
  const host = reminderHost(way, address);
  const named =
    way === 'mail' ? (allowed.mail?.domains ?? []) : (allowed.webhooks?.hosts ?? []).map(withoutUsualPort);
  if (!named.includes(host)) throw new Problem('reminder_place_not_allowed', { place: host });
}
