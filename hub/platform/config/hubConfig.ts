/** The configuration of a hub: `hub.json`. Everything else is registered while the hub runs. */

import type { Bilingual } from '../../../terms/bilingual.ts';
import type { RiskSettings } from '../../../terms/riskSettings.ts';

export interface ListenerPlace {
  readonly host: string;
  /** 0 = any free port */
  readonly port: number;
}

export type ListenerName = 'exchange' | 'open' | 'staff' | 'admin';

/** The listener where persons see the access records of their data: a separate origin. */
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
    /** absent: disabled */
    readonly citizen?: CitizenPlace;
  };
  /** absolute; contains the high-water file, the keys and the hub's own PostgreSQL */
  readonly stateDir: string;
  /** absolute (default: `keys` below stateDir) */
  readonly keysDir: string;
  readonly database: DatabaseConfig;
  readonly connections: ConnectionLimits;
  /** number of persons that one department may look up in one dataset within an hour */
  readonly lookups: LookupSettings;
  readonly retention: RetentionDays;
  /** databases of departments that pulls may connect to; pulls connect to no other host */
  readonly sources: readonly SourceConfig[];
  /** HTTPS services of departments that live datasets may call; they call no other host */
  readonly services: readonly ServiceConfig[];
  /** deliveries of events to webhooks of departments */
  readonly webhooks: WebhookSettings;
  readonly attachments: AttachmentConfig;
  /** clamd that scans attachments; absent: they are not scanned */
  readonly scanner?: ScannerPlace;
  /** thresholds of the rules over the log */
  readonly findings: RiskSettings;
  /** the witnesses that cosign the log's checkpoints (C2SP tlog-witness) */
  readonly witnesses: readonly WitnessPlace[];
  /** absent: persons sign in by passkeys and codes only */
  readonly signIn?: SignInConfig;
  /** absolute; a folder with the log's checkpoint and hash tiles for others to mirror (C2SP tlog-tiles). Absent: none */
  readonly mirrorDir?: string;
  /** absent: no reminders are sent */
  readonly reminders?: ReminderConfig;
  /** absolute (default: `archive` below stateDir); expired entries are exported there before they are destroyed */
  readonly archiveDir: string;
  /** absent: no traces, and metrics on the admin listener only */
  readonly telemetry?: TelemetryConfig;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
}

/** An OpenTelemetry receiver: OTLP over HTTP, JSON. */
export interface TelemetryConfig {
  /** `http://127.0.0.1:4318`, without the path of a signal */
  readonly endpoint: string;
  /** bearer token, read from `tokenFile` */
  readonly token?: string;
  /** PEM, read from `caFile`; absent: the machine's trusted authorities */
  readonly ca?: string;
  /** calls of one department, and of staff, that are traced in a second; 0: none */
  readonly tracesPerSecond: number;
  /** seconds between two exports of the metrics; 0: none */
  readonly metricsSeconds: number;
}

/** The city's identity provider for sign-in: OpenID Connect. */
export interface SignInConfig {
  readonly issuer: string;
  readonly clientId: string;
  /** read from `clientSecretFile`; absent: a public client */
  readonly clientSecret?: string;
  /** name that users see */
  readonly title: Bilingual;
}

export interface SourceConfig {
  /** the department whose pulls may name it */
  readonly department: string;
  /** a name, an address, or the folder of a socket */
  readonly host: string;
  readonly port: number;
  /** `off`: only on private lines */
  readonly tls: 'verify' | 'off';
  /** PEM, read from `caFile`; absent: the machine's trusted authorities */
  readonly ca?: string;
}

export interface ServiceConfig {
  /** the department whose datasets and webhook subscriptions may name it */
  readonly department: string;
  /** `https://his.health.example:9443` */
  readonly origin: string;
  /** networks that its name may resolve into; absent: any but this machine itself and its link-local network */
  readonly addresses?: readonly string[];
  /** PEM, read from `caFile`; absent: the machine's trusted authorities */
  readonly ca?: string;
}

export interface WitnessPlace {
  /** its submission prefix: `http://audit.example:8470` */
  readonly url: string;
  /** its public key, `name+id+base64`, as `datong audit witness init` prints it */
  readonly vkey: string;
}

export interface WebhookSettings {
  /** hours, or a part of one, after which an undelivered webhook event, or reminder, becomes a dead letter */
  readonly retryHours: number;
}

export interface AttachmentConfig {
  /** where new attachments are stored; earlier ones are read where they are (default: s3 where it is given, else the database) */
  readonly storage: 'database' | 's3';
  readonly s3?: S3Place;
  /** bytes that a department may store before a row names them */
  readonly maxUnnamedBytes: number;
}

/** A bucket of an S3-compatible store. */
export interface S3Place {
  /** `https://s3.example:9000` */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** of the names of its objects; ends with a slash */
  readonly prefix: string;
  readonly accessKeyId: string;
  /** read from `secretKeyFile` */
  readonly secretAccessKey: string;
  /** PEM, read from `caFile`; absent: the machine's trusted authorities */
  readonly ca?: string;
}

export interface ScannerPlace {
  readonly host: string;
  readonly port: number;
}

export interface LookupSettings {
  /** look-ups that match no person; each that matches one allows one more, up to this number */
  readonly unfoundPerHour: number;
  /** distinct values */
  readonly distinctPerHour: number;
}

export interface ConnectionLimits {
  /** open connections of one address (IPv4), or of one /64 (IPv6), on each listener */
  readonly perAddress: number;
  /** addresses or networks (10.0.0.0/8) of balancers: each of their connections begins with a PROXY header, which is trusted */
  readonly proxies: readonly string[];
}

export interface RetentionDays {
  /** days until a batch that was never committed expires */
  readonly openBatchDays: number;
  /** days for which raw bytes and quarantined rows are stored after their batch is no longer current */
  readonly rawBytesDays: number;
}

export interface DatabaseConfig {
  /** `postgres://…`; DATABASE_URL of the environment takes precedence. Absent: a PostgreSQL of the hub's own below stateDir */
  readonly url?: string;
  /** which PostgreSQL to start where there is no url (default: DATONG_POSTGRES, else the machine's, else the bundled one) */
  readonly flavour?: 'system' | 'bundled';
  /**
   * where requests and the log connect, logging in as datong_app: after a pooler in transaction mode. DATABASE_APP_URL of the environment
   * takes precedence. Absent: the same address, acting as datong_app
   */
  readonly appUrl?: string;
  /** false: the database may run without fsync and lose acknowledged entries when the machine fails; for evaluation and tests */
  readonly durable: boolean;
  /** true: the hub does not serve on a server whose commits wait for no standby */
  readonly requireSynchronousStandby: boolean;
  /** connections for requests */
  readonly connections: number;
}

/** The ways and destinations by which persons and departments may be notified of pending items. */
export interface ReminderConfig {
  readonly mail?: MailConfig;
  readonly webhooks?: WebhookConfig;
}

/** The office's own mail server. */
export interface MailConfig {
  readonly host: string;
  readonly port: number;
  /** `off`: only on private lines */
  readonly tls: 'direct' | 'starttls' | 'off';
  /** absent: the server accepts mail from the hub without a login */
  readonly login?: { readonly user: string; readonly password: string };
  /** PEM, read from `caFile`; absent: the machine's trusted authorities */
  readonly ca?: string;
  /** sender address of mails */
  readonly from: string;
  /** allowed domains of recipients */
  readonly domains: readonly string[];
}

export interface WebhookConfig {
  /** `host` or `host:port`: the hub calls no other */
  readonly hosts: readonly string[];
  /** PEM, read from `caFile`; absent: the machine's trusted authorities */
  readonly ca?: string;
}
