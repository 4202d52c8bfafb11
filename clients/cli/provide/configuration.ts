/** The file of `datong client provide`: for each live dataset, the query or the file that its rows come from. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { CodeList } from '../../../schemas/codelists/codeList.ts';
import { datasetId } from '../../../terms/ids.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { SourceAddress } from '../../../machine/sources/sqlSource.ts';
import { isMysql, mysqlUrl } from '../../../machine/sources/mysqlUrl.ts';
import { codeListsIn } from '../adapt/mappingFrom.ts';
import { exitCode, VerbFailure } from '../verb.ts';

export interface SqlSource {
  readonly kind: 'sql';
  readonly url: string;
  /** where the address is one of MySQL or MariaDB; else it is PostgreSQL's */
  readonly mysql?: SourceAddress | undefined;
  readonly query: string;
  /** columns of the query that together name a row, none of them empty: rows come in their order */
  readonly key: readonly string[];
  /** field → column, where the two have not the same name */
  readonly columns: Readonly<Record<string, string>>;
  /** time limit of a question */
  readonly seconds: number;
  /** connections at most */
  readonly atOnce: number;
}

export interface FileSource {
  readonly kind: 'file';
  readonly path: string;
  /** mapping document; without one the file has one row a line, as JSON in the shape of the schema */
  readonly mapping: unknown;
}

export type Source = SqlSource | FileSource;

export interface Configuration {
  /** by dataset */
  readonly sources: ReadonlyMap<string, Source>;
  /** code lists of the city's own, beside those that ship */
  readonly lists: readonly CodeList[];
}

/** @throws VerbFailure (exit 4) naming file and member; the file system's error for a missing file */
export function readConfiguration(file: string): Configuration {
  const document = parseDocument(readFileSync(file, 'utf8'), { uniqueKeys: true });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) throw wrong(file, '.', { zh: '不是有效的 YAML', en: 'it is not YAML' });
  const at = reader(file);
  const known = ['datasets', 'codeLists'];
  const { datasets, codeLists } = at.members(document.toJS({ maxAliasCount: 0 }), '.', known);
  const found = Object.entries(at.members(datasets, 'datasets', undefined)).map(
    ([id, value]): [string, Source] => {
      const place = `datasets.${id}`;
      at.that(place, { zh: '应为数据资源编号', en: 'the id of a dataset is wanted' }, () => datasetId(id));
      const { sql, file: path } = at.members(value, place, ['sql', 'file']);
      if ((sql === undefined) === (path === undefined))
        throw wrong(file, place, { zh: '须有 sql 或 file，且只有一个', en: 'one of sql and file is wanted' });
      return [id, sql === undefined ? fileOf(at, path, place) : sqlOf(at, sql, place)];
    },
  );
  if (found.length === 0) throw wrong(file, 'datasets', { zh: '不能为空', en: 'it must not be empty' });
  const lists =
    codeLists === undefined
      ? []
      : codeListsIn(resolve(dirname(resolve(file)), at.text(codeLists, 'codeLists')));
  return { sources: new Map(found), lists };
}

type Reader = ReturnType<typeof reader>;

function sqlOf(at: Reader, value: unknown, place: string): SqlSource {
  const own = `${place}.sql`;
  const known = ['url', 'urlFrom', 'query', 'key', 'columns', 'seconds', 'atOnce'];
  const { url, urlFrom, query, key, columns, seconds = 5, atOnce = 4 } = at.members(value, own, known);
  const text = at.text(query, `${own}.query`).trim();
  if (text.includes(';'))
    throw wrong(at.file, `${own}.query`, {
      zh: '应为一条不带分号的查询',
      en: 'one query without a semicolon is wanted',
    });
  const address = urlFrom === undefined ? at.text(url, `${own}.url`) : at.variable(urlFrom, `${own}.urlFrom`);
  return {
    kind: 'sql',
    url: address,
    ...(isMysql(address) && {
      mysql: mysqlOf(at, address, `${own}.${urlFrom === undefined ? 'url' : 'urlFrom'}`),
    }),
    query: text,
    key: at.texts(key, `${own}.key`),
    columns: Object.fromEntries(
      Object.entries(columns === undefined ? {} : at.members(columns, `${own}.columns`, undefined)).map(
        ([field, column]) => [field, at.text(column, `${own}.columns.${field}`)],
      ),
    ),
    seconds: at.whole(seconds, `${own}.seconds`, 60),
    atOnce: at.whole(atOnce, `${own}.atOnce`, 32),
  };
}

/** An address of MySQL: TLS is verified unless it says otherwise. The address is not repeated, as it holds a password. */
function mysqlOf(at: Reader, address: string, place: string): SourceAddress {
  const read = mysqlUrl(address);
  if (read === undefined)
    throw wrong(at.file, place, {
      zh: '应为 mysql://用户:密码@主机:端口/数据库，可带 tls=verify|off、ca=文件、socket=路径',
      en: 'mysql://user:password@host:port/database is wanted, with tls=verify|off, ca=FILE or socket=PATH where it needs them',
    });
  const { caFile, ...rest } = read;
  if (caFile === undefined) return rest;
  const reason = { zh: 'ca 不是可读的文件', en: 'ca is no file that can be read' };
  return at.that(place, reason, () => ({
    ...rest,
    ca: readFileSync(resolve(dirname(resolve(at.file)), caFile), 'utf8'),
  }));
}

function fileOf(at: Reader, value: unknown, place: string): FileSource {
  const own = `${place}.file`;
  const { path, mapping } = at.members(value, own, ['path', 'mapping']);
  const here = dirname(resolve(at.file));
  return {
    kind: 'file',
    path: resolve(here, at.text(path, `${own}.path`)),
    mapping:
      mapping === undefined
        ? undefined
        : at.that(`${own}.mapping`, { zh: '不是映射文件', en: 'it is no file with a mapping' }, () =>
            mappingIn(resolve(here, at.text(mapping, `${own}.mapping`))),
          ),
  };
}

/** JSON, or the YAML that `datong catalogue apply` takes. */
function mappingIn(path: string): unknown {
  const value: unknown = parseDocument(readFileSync(path, 'utf8')).toJS({ maxAliasCount: 0 });
  const { kind, ...document } = value as Readonly<Record<string, unknown>>;
  return kind === undefined ? value : document['document'];
}

function reader(file: string) {
  const text = (value: unknown, place: string): string => {
    if (typeof value === 'string' && value !== '') return value;
    throw wrong(file, place, { zh: '应为文本', en: 'a text is wanted' });
  };
  return {
    file,
    text,
    members: (
      value: unknown,
      place: string,
      known: readonly string[] | undefined,
    ): Readonly<Record<string, unknown>> => {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw wrong(file, place, { zh: '应为对象', en: 'an object is wanted' });
      const strange = Object.keys(value).find((name) => known !== undefined && !known.includes(name));
      if (strange !== undefined)
        throw wrong(file, `${place}.${strange}`, { zh: '没有这一项', en: 'there is no such member' });
      return value as Readonly<Record<string, unknown>>;
    },
    texts: (value: unknown, place: string): readonly string[] => {
      const list: readonly unknown[] = Array.isArray(value) ? value : [value];
      return list.map((one) => text(one, place));
    },
    whole: (value: unknown, place: string, most: number): number => {
      if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= most)
        return value;
      throw wrong(file, place, {
        zh: `应为 1 至 ${most} 的整数`,
        en: `a whole number from 1 to ${most} is wanted`,
      });
    },
    variable: (name: unknown, place: string): string => {
      const value = process.env[text(name, place)];
      if (value !== undefined && value !== '') return value;
      throw wrong(file, place, { zh: '没有这个环境变量', en: 'there is no such environment variable' });
    },
    that: <T>(place: string, reason: Bilingual, make: () => T): T => {
      try {
        return make();
      } catch (error) {
        if (error instanceof VerbFailure) throw error;
        throw wrong(file, place, reason);
      }
    },
  };
}

const wrong = (file: string, place: string, { zh, en }: Bilingual): VerbFailure =>
  new VerbFailure(exitCode.local, { zh: `${file} 中 ${place}：${zh}`, en: `${file}, ${place}: ${en}` });
