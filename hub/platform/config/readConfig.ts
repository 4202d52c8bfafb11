import { readFileSync } from 'node:fs';
import { isIPv4, isIPv6 } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { Problem } from '../../../terms/problem.ts';
import { refuseLaterVersion } from '../../../terms/refuseLaterVersion.ts';
import { authorityOf, invalid, textOf } from './configFiles.ts';
import { configSchema } from './configSchema.ts';
import type {
  HubConfig,
  MailConfig,
  ReminderConfig,
  ServiceConfig,
  SignInConfig,
  SourceConfig,
  WebhookConfig,
  TelemetryConfig,
  AttachmentConfig,
  S3Place,
} from './hubConfig.ts';
import { defined } from '../../../terms/defined.ts';
import type { RiskSettings } from '../../../terms/riskSettings.ts';

export type { HubConfig } from './hubConfig.ts';

/** hub.json as written: keys with a default may be absent. */
export type ConfigDocument = Readonly<Record<string, unknown>>;

type Environment = Readonly<Record<string, string | undefined>>;

type SignIn = Omit<SignInConfig, 'clientSecret'> & { clientSecretFile?: string };
type Source = Omit<SourceConfig, 'ca'> & { caFile?: string };
type Service = Omit<ServiceConfig, 'ca'> & { caFile?: string };
interface Reminders {
  readonly mail?: Omit<MailConfig, 'ca' | 'login'> & {
    user?: string;
    passwordFile?: string;
    caFile?: string;
  };
  readonly webhooks?: Omit<WebhookConfig, 'ca'> & { caFile?: string };
}
type Filled = Omit<
  HubConfig,
  | 'openOrigin'
  | 'keysDir'
  | 'archiveDir'
  | 'signIn'
  | 'sources'
  | 'services'
  | 'reminders'
  | 'attachments'
  | 'telemetry'
> & {
  v?: number;
  attachments: Attachments;
  telemetry?: Telemetry;
  reminders?: Reminders;
  sources: readonly Source[];
  services: readonly Service[];
  openOrigin?: string;
  archiveDir?: string;
  keysDir?: string;
  signIn?: SignIn;
};

/**
 * Reads hub.json, or takes its content as an object. Paths in it are relative to the file (of an object: to the working directory).
 * @param environment DATABASE_URL takes precedence over `database.url`, DATABASE_APP_URL over `database.appUrl`
 * @throws Problem configuration_invalid naming the first wrong key; `findings` has all of them. made_by_later_release, format_version_malformed
 */
export function readConfig(
  source: string | ConfigDocument,
  environment: Environment = process.env,
): HubConfig {
  const file = typeof source === 'string' ? resolve(source) : 'hub.json';
  const base = typeof source === 'string' ? dirname(file) : process.cwd();
  const document = typeof source === 'string' ? parseFile(file) : structuredClone(source);
  refuseLaterVersion(document, file);
  const { v: _version, ...config } = validated(document, file);
  const { url: configured, appUrl: configuredApp, ...database } = config.database;
  const url = databaseUrl(environment, 'DATABASE_URL', configured);
  const appUrl = databaseUrl(environment, 'DATABASE_APP_URL', configuredApp);
  if (appUrl !== undefined && url === undefined) {
    throw invalid(file, 'database.appUrl', {
      zh: '须与 database.url 一同给出',
      en: 'it has an effect only together with database.url',
    });
  }
  refuseHours(config.findings, file);
  const proxy = config.connections.proxies.find((one) => !isNetwork(one));
  if (proxy !== undefined) throw notNetwork(file, 'connections.proxies', proxy);
  const network = config.services.flatMap(({ addresses = [] }) => addresses).find((one) => !isNetwork(one));
  if (network !== undefined) throw notNetwork(file, 'services.addresses', network);
  const services = config.services.map((service) => withServiceAuthority(service, base, file));
  refuseDoubled(
    services.map(({ department, origin }) => `${department} ${origin}`),
    'services.origin',
    file,
  );
  refuseDoubled(
    config.sources.map(({ department, host, port }) => `${department} ${host.toLowerCase()}:${port}`),
    'sources.host',
    file,
  );
  const stateDir = resolve(base, config.stateDir);
  const { signIn, reminders, telemetry, ...others } = config;
  return {
    ...others,
    sources: config.sources.map((source) => withAuthority(source, base, file)),
    services,
    attachments: withStore(config.attachments, base, file),
    ...(signIn === undefined ? {} : { signIn: withSecret(signIn, base, file) }),
    ...(reminders === undefined ? {} : { reminders: withFiles(reminders, base, file) }),
    ...withReceiver(telemetry, base, file),
    openOrigin: config.openOrigin ?? withPort(config.publicOrigin, config.listeners.open.port),
    stateDir,
    ...(config.mirrorDir === undefined ? {} : { mirrorDir: resolve(base, config.mirrorDir) }),
    archiveDir: resolve(base, config.archiveDir ?? join(stateDir, 'archive')),
    keysDir: config.keysDir === undefined ? resolve(stateDir, 'keys') : resolve(base, config.keysDir),
    database: {
      ...database,
      ...defined({ url, appUrl }),
    },
  };
}

/** The secret is in a separate file, so that hub.json can be shared. */
function withSecret({ clientSecretFile, ...signIn }: SignIn, base: string, file: string): SignInConfig {
  if (clientSecretFile === undefined) return signIn;
  return { ...signIn, clientSecret: textOf(clientSecretFile, base, file, 'signIn.clientSecretFile').trim() };
}

/** Passwords and authorities are in separate files; neither has an effect without TLS. */
function withFiles({ mail, webhooks }: Reminders, base: string, file: string): ReminderConfig {
  const authority = (caFile: string | undefined, key: string): { readonly ca?: string } =>
    caFile === undefined ? {} : { ca: authorityOf(caFile, base, file, key) };
  if (mail?.tls === 'off' && (mail.caFile !== undefined || mail.user !== undefined))
    throw invalid(file, 'reminders.mail.tls', {
      zh: 'tls 为 off 时不得使用 user 或 caFile：密码不得明文传输',
      en: 'with tls off there is neither user nor caFile: a password never goes in the clear',
    });
  return {
    ...(mail === undefined ? {} : { mail: mailOf(mail) }),
    ...(webhooks === undefined
      ? {}
      : { webhooks: { hosts: webhooks.hosts, ...authority(webhooks.caFile, 'reminders.webhooks.caFile') } }),
  };

  function mailOf({ user, passwordFile, caFile, ...others }: NonNullable<Reminders['mail']>): MailConfig {
    const ca = authority(caFile, 'reminders.mail.caFile');
    if (user === undefined || passwordFile === undefined) return { ...others, ...ca };
    const password = textOf(passwordFile, base, file, 'reminders.mail.passwordFile').trim();
    return { ...others, ...ca, login: { user, password } };
  }
}

/** Adds the authority of a source's certificate; it has no effect without TLS. */
function withAuthority({ caFile, ...source }: Source, base: string, file: string): SourceConfig {
  if (caFile === undefined) return source;
  if (source.tls === 'off')
    throw invalid(file, 'sources.caFile', {
      zh: 'tls 为 off 时不起作用',
      en: 'it does nothing where tls is off',
    });
  return { ...source, ca: authorityOf(caFile, base, file, 'sources.caFile') };
}

/** Adds the authority of its certificate, and normalises its origin for comparison. */
function withServiceAuthority({ caFile, ...service }: Service, base: string, file: string): ServiceConfig {
  if (!URL.canParse(service.origin))
    throw invalid(file, 'services.origin', {
      zh: `${service.origin} 不是可用的地址`,
      en: `${service.origin} is no address that could be connected to`,
    });
  const place = { ...service, origin: new URL(service.origin).origin };
  return caFile === undefined ? place : { ...place, ca: authorityOf(caFile, base, file, 'services.caFile') };
}

/** @throws Problem configuration_invalid where working hours end before they begin: no call would be within them */
function refuseHours({ workFrom, workUntil }: RiskSettings, file: string): void {
  if (workFrom < workUntil) return;
  throw invalid(file, 'findings.workUntil', {
    zh: '须晚于 findings.workFrom',
    en: 'it must be later than findings.workFrom',
  });
}

/** Rejects a second entry for one place, because only the first would be used. */
function refuseDoubled(places: readonly string[], key: string, file: string): void {
  const doubled = places.find((place, i) => places.indexOf(place) !== i);
  if (doubled === undefined) return;
  throw invalid(file, key, { zh: `${doubled} 写了两次`, en: `${doubled} occurs twice` });
}

/** `10.0.0.5`, `10.0.0.0/8`, `fd00::/8` */
function isNetwork(text: string): boolean {
  const [address = '', bits] = text.split('/');
  const widest = isIPv4(address) ? 32 : 128;
  return (isIPv4(address) || isIPv6(address)) && Number(bits ?? widest) <= widest;
}

const notNetwork = (file: string, key: string, found: string): Problem =>
  invalid(file, key, {
    zh: `${found} 不是 IP 地址或网段`,
    en: `${found} is neither an IP address nor a network`,
  });

function parseFile(file: string): unknown {
  const text = readFileSync(file, 'utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw invalid(file, '(JSON)', { zh: '不是有效的 JSON', en: 'the file is not valid JSON' }, [], cause);
  }
}

function databaseUrl(
  environment: Environment,
  name: 'DATABASE_URL' | 'DATABASE_APP_URL',
  configured: string | undefined,
): string | undefined {
  const given = environment[name];
  const [url, key] =
    given === undefined || given === ''
      ? [configured, name === 'DATABASE_URL' ? 'database.url' : 'database.appUrl']
      : [given, name];
  const reason = url === undefined ? undefined : wrongUrl(url);
  // never repeats the value: it may contain a password
  if (reason !== undefined) throw invalid(key, key, reason);
  return url;
}

/** What is wrong with an address of PostgreSQL. */
function wrongUrl(url: string): Bilingual | undefined {
  if (!/^postgres(ql)?:\/\//.test(url))
    return { zh: '应以 postgres:// 开头', en: 'it must begin with postgres://' };
  const authority = url.replace(/^[^:]+:\/\//, '').split(/[/?#]/)[0] ?? '';
  const hosts = authority.slice(authority.lastIndexOf('@') + 1);
  const query = new URLSearchParams(url.split('?')[1] ?? '');
  if (hosts.includes(',') || query.get('host')?.includes(',') === true)
    return {
      zh: '写了多台主机：请写一个总是指向主库的地址（HAProxy、PgBouncer 或 DNS 名称）',
      en: 'it names several hosts: name one address that leads to the primary (HAProxy, PgBouncer or a DNS name)',
    };
  if (query.has('target_session_attrs'))
    return {
      zh: '不支持 target_session_attrs：请写一个总是指向主库的地址',
      en: 'target_session_attrs is not supported: name one address that leads to the primary',
    };
  return URL.canParse(url)
    ? undefined
    : {
        zh: '不是有效的地址；密码中的特殊字符须写成 %XX',
        en: 'it is no valid address; write special characters of the password as %XX',
      };
}

export function withPort(origin: string, port: number): string {
  const url = new URL(origin);
  url.port = String(port);
  return url.origin;
}

/** a test verifies the schema against its meta-schema (tests/productSchemas.test.ts), so starts need not */
const ofTheProduct = { meta: false, validateSchema: false };

function validated(document: unknown, file: string): Filled {
  const check = new Ajv({
    ...ofTheProduct,
    allErrors: true,
    useDefaults: true,
    strict: true,
    // a number out of range is refused with its whole range
    verbose: true,
    // it checks one document, once
    code: { optimize: false },
  }).compile<Filled>(configSchema);
  if (check(document)) return document;
  const findings = (check.errors ?? []).map((error) => ({ key: keyOf(error), message: sentence(error) }));
  const [first] = findings;
  throw invalid(file, first?.key ?? '', first?.message ?? { zh: '', en: '' }, findings);
}

function keyOf(error: ErrorObject): string {
  const parent = error.instancePath.slice(1).replaceAll('/', '.');
  const { additionalProperty, missingProperty } = error.params as Record<string, string | undefined>;
  return [parent, additionalProperty ?? missingProperty ?? ''].filter((part) => part !== '').join('.');
}

function sentence(error: ErrorObject): Bilingual {
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties':
      return { zh: '没有这个配置项', en: 'there is no such key' };
    case 'required':
      return { zh: '缺少', en: 'it is missing' };
    case 'type':
      return { zh: `类型应为 ${String(params['type'])}`, en: `it must be of type ${String(params['type'])}` };
    case 'enum': {
      const allowed = (params['allowedValues'] as string[]).join(' | ');
      return { zh: `只能是 ${allowed}`, en: `it must be one of ${allowed}` };
    }
    case 'pattern': {
      const pattern = String(params['pattern']);
      return { zh: `写法不正确，应符合 ${pattern}`, en: `it is not written as it should be: ${pattern}` };
    }
    case 'minimum':
    case 'maximum':
      return rangeOf(error);
    default:
      return typeof params['limit'] === 'number'
        ? { zh: `超出范围（${params['limit']}）`, en: `it is out of range (${params['limit']})` }
        : { zh: '写法不正确', en: 'it is not written as it should be' };
  }
}

/** Every number of the schema has both limits. */
function rangeOf({ parentSchema }: ErrorObject): Bilingual {
  const { minimum, maximum } = parentSchema as { readonly minimum: number; readonly maximum: number };
  return { zh: `须在 ${minimum} 至 ${maximum} 之间`, en: `it must be from ${minimum} to ${maximum}` };
}

/** `telemetry` of hub.json: the receiver of traces and metrics. */
type Telemetry = Omit<TelemetryConfig, 'ca' | 'token'> & { tokenFile?: string; caFile?: string };

const loopback = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/;

/** The token is in a separate file. @returns no member where no receiver is named @throws Problem configuration_invalid */
function withReceiver(
  telemetry: Telemetry | undefined,
  base: string,
  file: string,
): { readonly telemetry?: TelemetryConfig } {
  if (telemetry === undefined) return {};
  const { tokenFile, caFile, ...place } = telemetry;
  if (!URL.canParse(place.endpoint))
    throw invalid(file, 'telemetry.endpoint', { zh: '不是有效的地址', en: 'it is not an address' });
  const isPlain = place.endpoint.startsWith('http:');
  if (caFile !== undefined && isPlain)
    throw invalid(file, 'telemetry.caFile', {
      zh: 'endpoint 为 http 时不起作用',
      en: 'it has no effect where endpoint is http',
    });
  if (tokenFile !== undefined && isPlain && !loopback.test(place.endpoint))
    throw invalid(file, 'telemetry.tokenFile', {
      zh: '令牌不得明文传输：请使用 https',
      en: 'a token is not sent in the clear: use https',
    });
  const token =
    tokenFile === undefined ? undefined : textOf(tokenFile, base, file, 'telemetry.tokenFile').trim();
  if (token === '') throw invalid(file, 'telemetry.tokenFile', { zh: '文件为空', en: 'the file is empty' });
  const secret = token === undefined ? {} : { token };
  const ca = caFile === undefined ? {} : { ca: authorityOf(caFile, base, file, 'telemetry.caFile') };
  return { telemetry: { ...place, ...secret, ...ca } };
}

/** `attachments` of hub.json: where the bytes of attachments are stored. */
interface Attachments {
  readonly storage?: AttachmentConfig['storage'];
  readonly maxUnnamedBytes: number;
  readonly s3?: Omit<S3Place, 'ca' | 'secretAccessKey'> & { secretKeyFile: string; caFile?: string };
}

/** The key of the store is in a separate file. */
function withStore(
  { storage, s3, maxUnnamedBytes }: Attachments,
  base: string,
  file: string,
): AttachmentConfig {
  if (s3 === undefined) {
    if (storage === 's3')
      throw invalid(file, 'attachments.storage', {
        zh: '须与 attachments.s3 一同给出',
        en: 's3 needs attachments.s3',
      });
    return { storage: 'database', maxUnnamedBytes };
  }
  const { secretKeyFile, caFile, ...place } = s3;
  if (caFile !== undefined && place.endpoint.startsWith('http:'))
    throw invalid(file, 'attachments.s3.caFile', {
      zh: 'endpoint 为 http 时不起作用',
      en: 'it has no effect where endpoint is http',
    });
  const secretAccessKey = textOf(secretKeyFile, base, file, 'attachments.s3.secretKeyFile').trim();
  if (secretAccessKey === '')
    throw invalid(file, 'attachments.s3.secretKeyFile', { zh: '文件为空', en: 'the file is empty' });
  const ca = caFile === undefined ? {} : { ca: authorityOf(caFile, base, file, 'attachments.s3.caFile') };
  return { storage: storage ?? 's3', maxUnnamedBytes, s3: { ...place, ...ca, secretAccessKey } };
}
