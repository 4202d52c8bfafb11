/**
 * A profile: the settings that a department's client needs to exchange with one hub. `datong enrol` writes it as `datong.json`; the demo's
 * state file has one for each department. Keys and certificates are paths (relative to the file) or inline PEM or JWK.
 */
import type { JsonWebKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { departmentCode, type DepartmentCode } from '../../terms/ids.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { refuseLaterVersion } from '../../terms/refuseLaterVersion.ts';

/** The addresses of a hub, and the values that prove its identity. */
export interface HubAddress {
  /** origin of the exchange listener: `https://hub.example:8443`. Signed as part of every request. */
  readonly exchange: string;
  /** origin of the open listener: enrolment, key set, checkpoint, handshake diagnosis */
  readonly open: string;
  /** origin of the staff listener, for those who hold a token */
  readonly staff?: string;
  /** PEM of the hub's root certificate, or its path */
  readonly ca: string;
  /** `sha256:…` of the root's key, as given on paper at enrolment */
  readonly pin?: string;
  /** public signing keys of the hub, retired ones included (`/.well-known/jwks.json`) */
  readonly keys: { readonly keys: readonly JsonWebKey[] };
  /** anchors document for receipts, or its path; where it is absent the client fetches and stores it */
  readonly anchors?: string | object;
}

/** A profile as it is written in its file. */
export interface ProfileDocument {
  readonly v: 1;
  readonly department: string;
  readonly hub: HubAddress;
  /** certificate chain and key of the TLS client, PEM or paths */
  readonly tls: { readonly cert: string; readonly key: string };
  /** signing key: path of a JWK or PEM file, PEM text, or a JWK */
  readonly signingKey: string | JsonWebKey;
}

/** A profile with every path read. */
export interface Profile {
  readonly department: DepartmentCode;
  readonly hub: Omit<HubAddress, 'anchors'> & { readonly anchors: object | undefined };
  readonly tls: { readonly cert: string; readonly key: string };
  readonly signingKey: JsonWebKey | string;
}

/**
 * The demo's state file (mode 0600): the running hub, a profile per department and the staff tokens.
 * Written by `datong demo` under `demoStatePath()`, removed when it ends.
 */
export interface DemoState {
  readonly v: 1;
  /** process id of the demo */
  readonly pid: number;
  readonly hub: HubAddress;
  readonly profiles: Readonly<Record<string, ProfileDocument>>;
  /** bearer tokens of the staff listener, by name: operator, steward, security, auditor */
  readonly staff: Readonly<Record<string, { readonly token: string }>>;
  /** origin of the admin listener */
  readonly admin?: string;
  /** how `datong audit verify` and the viewer's psql connect to the database */
  readonly database?: {
    readonly host: string;
    readonly port: number;
    readonly name: string;
    readonly user: string;
  };
  /** folder of the evidence */
  readonly evidence?: string;
}

/**
 * Parses a profile and reads what it names.
 * @param folder paths in the document are relative to it
 * @throws Problem configuration_invalid, made_by_later_release, format_version_malformed; a missing file throws the file system's error, which names its path
 */
export function readProfile(document: unknown, source: string, folder = dirname(source)): Profile {
  const wrong: Wrong = (key, { zh, en }) =>
    new Problem('configuration_invalid', { key, reason: { zh, en }, source });
  const profile = object(document, '.', wrong);
  refuseLaterVersion(profile, source);
  const hub = object(profile['hub'], 'hub', wrong);
  const tls = object(profile['tls'], 'tls', wrong);
  const file = (text: string): string =>
    text.startsWith('-----BEGIN ')
      ? text
      : readFileSync(isAbsolute(text) ? text : resolve(folder, text), 'utf8');
  const origin = (key: string): string => {
    const value = text(hub[key], `hub.${key}`, wrong);
    if (!URL.canParse(value) || new URL(value).origin !== value || !value.startsWith('https://'))
      throw wrong(`hub.${key}`, {
        zh: '应为 https://hub.example:8443 形式的地址',
        en: 'an origin like https://hub.example:8443 is wanted',
      });
    return value;
  };
  return {
    department: readDepartment(profile['department'], wrong),
    hub: {
      exchange: origin('exchange'),
      open: origin('open'),
      ...(hub['staff'] === undefined ? {} : { staff: origin('staff') }),
      ca: file(text(hub['ca'], 'hub.ca', wrong)),
      ...(hub['pin'] === undefined ? {} : { pin: text(hub['pin'], 'hub.pin', wrong) }),
      keys: readKeys(hub['keys'], wrong),
      anchors: readAnchors(hub['anchors'], file, wrong),
    },
    tls: { cert: file(text(tls['cert'], 'tls.cert', wrong)), key: file(text(tls['key'], 'tls.key', wrong)) },
    signingKey: readSigningKey(profile['signingKey'], file, wrong),
  };
}

type Wrong = (key: string, reason: Bilingual) => Problem;

function object(value: unknown, key: string, wrong: Wrong): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(key, { zh: '应为对象', en: 'an object is wanted' });
  return value as Readonly<Record<string, unknown>>;
}

function text(value: unknown, key: string, wrong: Wrong): string {
  if (typeof value !== 'string' || value === '') throw wrong(key, { zh: '应为文本', en: 'a text is wanted' });
  return value;
}

function readDepartment(value: unknown, wrong: Wrong): DepartmentCode {
  try {
    return departmentCode(text(value, 'department', wrong));
  } catch {
    throw wrong('department', { zh: '应为部门代码', en: 'a department code is wanted' });
  }
}

function readKeys(value: unknown, wrong: Wrong): { readonly keys: readonly JsonWebKey[] } {
  const { keys } = object(value, 'hub.keys', wrong);
  if (!Array.isArray(keys)) throw wrong('hub.keys', { zh: '应为 JWK 集', en: 'a JWK set is wanted' });
  return { keys: keys.map((key, i) => object(key, `hub.keys.keys[${i}]`, wrong) as JsonWebKey) };
}

function readAnchors(value: unknown, file: (path: string) => string, wrong: Wrong): object | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string'
    ? json(file(value), 'hub.anchors', wrong)
    : object(value, 'hub.anchors', wrong);
}

function readSigningKey(value: unknown, file: (path: string) => string, wrong: Wrong): JsonWebKey | string {
  if (typeof value !== 'string') return object(value, 'signingKey', wrong);
  const content = file(value);
  return content.trimStart().startsWith('{') ? (json(content, 'signingKey', wrong) as JsonWebKey) : content;
}

function json(content: string, key: string, wrong: Wrong): object {
  try {
    return object(JSON.parse(content) as unknown, key, wrong);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw wrong(key, { zh: '不是 JSON', en: 'it is not JSON' });
  }
}
