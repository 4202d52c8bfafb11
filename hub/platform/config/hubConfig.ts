/** What a hub is told before it starts: `hub.json`. Everything else is registered while it runs. */

import type { Bilingual } from '../../../terms/bilingual.ts';
import type { RiskSettings } from '../../../terms/riskSettings.ts';

export interface ListenerPlace {
  readonly host: string;
  /** 0 = any free one */
  readonly port: number;
}

export type ListenerName = 'exchange' | 'open' | 'staff' | 'admin';

/** Where persons see who looked at their data: an origin of its own. */
export interface CitizenPlace extends ListenerPlace {
  /** as browsers reach it (default: the public host with this listener's port) */
  readonly origin?: string;
}

export interface HubConfig {
  /** short name of the hub; the log's origin is `datong/<name>` */
  readonly name: string;
  /** scheme, host and port of the exchange listener as departments reach it; requests are signed for it */
  readonly publicOrigin: string;
  /** the same of the open listener (default: the public host with that listener's port) */
  readonly openOrigin: string;
  readonly listeners: Readonly<Record<ListenerName, ListenerPlace>> & {
    /** absent: off */
    readonly citizen?: CitizenPlace;
  };
  /** absolute; the high-water file, the keys and the hub's own PostgreSQL lie below it */
  readonly stateDir: string;
  /** absolute (default: `keys` below stateDir) */
  readonly keysDir: string;
  readonly database: DatabaseConfig;
  readonly connections: ConnectionLimits;
  /** persons that one department may look up in one data set within an hour */
  readonly lookups: LookupSettings;
  readonly retention: RetentionDays;
  /** databases of departments that pulls may connect to; no other place is ever connected to for them */
  readonly sources: readonly SourceConfig[];
  /** HTTPS services of departments that live datasets may be asked of; no other place is ever connected to for them */
  readonly services: readonly ServiceConfig[];
  /** deliveries of events to webhooks of departments */
  readonly webhooks: WebhookSettings;
  /** numbers by which the rules over the log judge */
  readonly findings: RiskSettings;
  /** who cosigns the log's checkpoints (C2SP tlog-witness) */
  readonly witnesses: readonly WitnessPlace[];
  /** absent: persons sign in by passkeys and codes alone */
  readonly signIn?: SignInConfig;
  /** absolute; a folder in which the log's checkpoint and hash tiles are kept for others to mirror (C2SP tlog-tiles). Absent: none */
  readonly mirrorDir?: string;
  /** absent: nobody is told of anything */
  readonly reminders?: ReminderConfig;
  /** absolute (default: `archive` below stateDir); entries whose time is over are taken out to it before they are destroyed */
  readonly archiveDir: string;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
}

/** The city's identity provider, by which persons may sign in: OpenID Connect. */
export interface SignInConfig {
  readonly issuer: string;
  readonly clientId: string;
  /** read from `clientSecretFile`; absent: a public client */
  readonly clientSecret?: string;
  /** as people call it */
  readonly title: Bilingual;
}

export interface SourceConfig {
  /** whose pulls may name it */
  readonly department: string;
  /** a name, an address, or the folder of a socket */
  readonly host: string;
  readonly port: number;
  /** `off`: only on lines that nobody else reads */
  readonly tls: 'verify' | 'off';
  /** PEM, read from `caFile`; absent: the authorities that the machine knows */
  readonly ca?: string;
}

export interface ServiceConfig {
  /** whose datasets, and webhooks of subscriptions, may name it */
  readonly department: string;
  /** `https://his.health.example:9443` */
  readonly origin: string;
  /** networks that its name may point into; absent: any but this machine itself and its own link */
  readonly addresses?: readonly string[];
  /** PEM, read from `caFile`; absent: the authorities that the machine knows */
  readonly ca?: string;
}

export interface WitnessPlace {
  /** its submission prefix: `http://audit.example:8470` */
  readonly url: string;
  /** its public key, `name+id+base64`, as `datong audit witness init` prints it */
  readonly vkey: string;
}

export interface WebhookSettings {
  /** hours after which an event that a webhook did not take becomes a dead letter */
  readonly retryHours: number;
}

export interface LookupSettings {
  /** look-ups that find nobody; each that finds somebody allows one more, up to this number */
  readonly unfoundPerHour: number;
  /** different values */
  readonly distinctPerHour: number;
}

export interface ConnectionLimits {
  /** open connections of one address (IPv4), or of one /64 (IPv6), on each listener */
  readonly perAddress: number;
  /** addresses or networks (10.0.0.0/8) of balancers: each of their connections begins with a PROXY header, which is believed */
  readonly proxies: readonly string[];
}

export interface RetentionDays {
  /** days until a batch that was never committed expires */
  readonly openBatchDays: number;
  /** days that raw bytes and quarantined rows stay after their batch is not current any more */
  readonly rawBytesDays: number;
}

export interface DatabaseConfig {
  /** `postgres://…`; DATABASE_URL of the environment wins. Absent: a PostgreSQL of the hub's own below stateDir */
  readonly url?: string;
  /** which PostgreSQL to start where there is no url (default: DATONG_POSTGRES, else the machine's, else the bundled one) */
  readonly flavour?: 'system' | 'bundled';
  /**
   * where requests and the log connect, logging in as datong_app: behind a pooler in transaction mode. DATABASE_APP_URL of the environment
   * wins. Absent: the same address, acting as datong_app
   */
  readonly appUrl?: string;
  /** false: the database may run without fsync and forget acknowledged entries when the machine fails; for evaluation and tests */
  readonly durable: boolean;
  /** connections for requests */
  readonly connections: number;
}

/** By which ways, and to where, persons and departments may be told that something waits for them. */
export interface ReminderConfig {
  readonly mail?: MailConfig;
  readonly webhooks?: WebhookConfig;
}

/** The office's own mail server. */
export interface MailConfig {
  readonly host: string;
  readonly port: number;
  /** `off`: only on lines that nobody else reads */
  readonly tls: 'direct' | 'starttls' | 'off';
  /** absent: the server takes mail from the hub without a login */
  readonly login?: { readonly user: string; readonly password: string };
  /** PEM, read from `caFile`; absent: the authorities that the machine knows */
  readonly ca?: string;
  /** address that mails come from */
  readonly from: string;
  /** domains of addresses that mails may go to */
  readonly domains: readonly string[];
}

export interface WebhookConfig {
  /** `host` or `host:port`: the hub calls no other */
  readonly hosts: readonly string[];
  /** PEM, read from `caFile`; absent: the authorities that the machine knows */
  readonly ca?: string;
}
