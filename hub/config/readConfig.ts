import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import type { Bilingual } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { configSchema } from './configSchema.ts';
import type { HubConfig } from './hubConfig.ts';

export type { HubConfig, ListenerName, ListenerPlace } from './hubConfig.ts';

/** hub.json as written: what has a default may be left out. */
export type ConfigDocument = Readonly<Record<string, unknown>>;

type Environment = Readonly<Record<string, string | undefined>>;

type Filled = Omit<HubConfig, 'openOrigin' | 'keysDir'> & { openOrigin?: string; keysDir?: string };

/**
 * Reads hub.json, or takes its content as an object. Paths in it are relative to the file (of an object: to the working directory).
 * @param environment DATABASE_URL wins over `database.url`
 * @throws Problem configuration_invalid naming the first wrong key; `findings` has all of them
 */
export function readConfig(
  source: string | ConfigDocument,
  environment: Environment = process.env,
): HubConfig {
  const file = typeof source === 'string' ? resolve(source) : 'hub.json';
  const base = typeof source === 'string' ? dirname(file) : process.cwd();
  const document = typeof source === 'string' ? parseFile(file) : structuredClone(source);
  const config = validated(document, file);
  const url = databaseUrl(environment, config.database.url);
  const { url: _configured, ...database } = config.database;
  const stateDir = resolve(base, config.stateDir);
  return {
    ...config,
    openOrigin: config.openOrigin ?? withPort(config.publicOrigin, config.listeners.open.port),
    stateDir,
    keysDir: config.keysDir === undefined ? resolve(stateDir, 'keys') : resolve(base, config.keysDir),
    database: url === undefined ? database : { ...database, url },
  };
}

function parseFile(file: string): unknown {
  const text = readFileSync(file, 'utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw invalid(file, '(JSON)', { zh: '不是有效的 JSON', en: 'the file is not valid JSON' }, [], cause);
  }
}

function databaseUrl(environment: Environment, configured: string | undefined): string | undefined {
  const given = environment['DATABASE_URL'];
  if (given === undefined || given === '') return configured;
  if (/^postgres(ql)?:\/\//.test(given)) return given;
  // never repeats the value: it may hold a password
  throw invalid('DATABASE_URL', 'DATABASE_URL', {
    zh: '应以 postgres:// 开头',
    en: 'it must begin with postgres://',
  });
}

function withPort(origin: string, port: number): string {
  const url = new URL(origin);
  url.port = String(port);
  return url.origin;
}

function validated(document: unknown, file: string): Filled {
  const check = new Ajv({ allErrors: true, useDefaults: true, strict: true }).compile<Filled>(configSchema);
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
    default:
      return { zh: `不满足 ${error.message ?? ''}`, en: error.message ?? '' };
  }
}

function invalid(
  source: string,
  key: string,
  reason: Bilingual,
  findings: readonly unknown[] = [],
  cause?: unknown,
): Problem {
  return new Problem(
    'configuration_invalid',
    { key, reason: reason.en, reasonZh: reason.zh, source },
    { ...(findings.length > 0 ? { findings } : {}), ...(cause === undefined ? {} : { cause }) },
  );
}
