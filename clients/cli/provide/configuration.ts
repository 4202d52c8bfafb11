/** The file of `datong client provide`: for each live dataset, the query or the file that its rows come from. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseAllDocuments, type Document } from 'yaml';
import type { CodeList } from '../../../schemas/codelists/codeList.ts';
import { datasetId } from '../../../terms/ids.ts';
import type { SourceAddress } from '../../../machine/sources/sqlSource.ts';
import { isMysql, mysqlUrl } from '../../../machine/sources/mysqlUrl.ts';
import { codeListsIn } from '../adapt/mappingFrom.ts';
import { memberReader, wrongMember, yamlIn, type MemberReader } from '../memberReader.ts';

export interface SqlSource {
  readonly kind: 'sql';
  readonly url: string;
  /** where the address is one of MySQL or MariaDB; else it is PostgreSQL's */
  readonly mysql?: SourceAddress | undefined;
  readonly query: string;
  /** columns of the query that together identify a row, none of them empty: rows are ordered by them */
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
  /** the city's own code lists, in addition to the shipped ones */
  readonly lists: readonly CodeList[];
}

/** @throws VerbFailure (exit 4) naming file and member; the file system's error for a missing file */
export function readConfiguration(file: string): Configuration {
  const at = memberReader(file);
  const known = ['datasets', 'codeLists'];
  const { datasets, codeLists } = at.members(yamlIn(file), '.', known);
  const found = Object.entries(at.members(datasets, 'datasets', undefined)).map(
    ([id, value]): [string, Source] => {
      const place = `datasets.${id}`;
      at.that(place, { zh: '应为数据资源编号', en: 'the id of a dataset is wanted' }, () => datasetId(id));
      const { sql, file: path } = at.members(value, place, ['sql', 'file']);
      if ((sql === undefined) === (path === undefined))
        throw wrongMember(file, place, {
          zh: '须有 sql 或 file，且只有一个',
          en: 'one of sql and file is wanted',
        });
      return [id, sql === undefined ? fileOf(at, path, place) : sqlOf(at, sql, place)];
    },
  );
  if (found.length === 0) throw wrongMember(file, 'datasets', { zh: '不能为空', en: 'it must not be empty' });
  const lists =
    codeLists === undefined
      ? []
      : codeListsIn(resolve(dirname(resolve(file)), at.text(codeLists, 'codeLists')));
  return { sources: new Map(found), lists };
}

function sqlOf(at: MemberReader, value: unknown, place: string): SqlSource {
  const own = `${place}.sql`;
  const known = ['url', 'urlFrom', 'query', 'key', 'columns', 'seconds', 'atOnce'];
  const { url, urlFrom, query, key, columns, seconds = 5, atOnce = 4 } = at.members(value, own, known);
  const text = at.text(query, `${own}.query`).trim();
  if (text.includes(';'))
    throw wrongMember(at.file, `${own}.query`, {
      zh: '应为一条不带分号的查询',
      en: 'one query without a semicolon is wanted',
    });
  if (url !== undefined && urlFrom !== undefined)
    throw wrongMember(at.file, `${own}.url`, {
      zh: 'url 与 urlFrom 只能有一个',
      en: 'one of url and urlFrom is wanted',
    });
  const address = urlFrom === undefined ? at.text(url, `${own}.url`) : at.variable(urlFrom, `${own}.urlFrom`);
  return {
    kind: 'sql',
    url: address,
    ...(isMysql(address) && {
      mysql: mysqlOf(at, address, `${own}.${urlFrom === undefined ? 'url' : 'urlFrom'}`),
    }),
    query: text,
    key: keyOf(at, key, `${own}.key`),
    columns: Object.fromEntries(
      Object.entries(columns === undefined ? {} : at.members(columns, `${own}.columns`, undefined)).map(
        ([field, column]) => [field, at.text(column, `${own}.columns.${field}`)],
      ),
    ),
    seconds: at.whole(seconds, `${own}.seconds`, 60),
    atOnce: at.whole(atOnce, `${own}.atOnce`, 32),
  };
}

function keyOf(at: MemberReader, value: unknown, place: string): readonly string[] {
  const key = at.texts(value, place);
  if (key.length > 0) return key;
  throw wrongMember(at.file, place, { zh: '不能为空', en: 'it must not be empty' });
}

/** An address of MySQL: TLS is verified unless it states otherwise. The address is never printed, as it contains a password. */
function mysqlOf(at: MemberReader, address: string, place: string): SourceAddress {
  const read = mysqlUrl(address);
  if (read === undefined)
    throw wrongMember(at.file, place, {
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

function fileOf(at: MemberReader, value: unknown, place: string): FileSource {
  const own = `${place}.file`;
  const { path, mapping } = at.members(value, own, ['path', 'mapping']);
  const here = dirname(resolve(at.file));
  return {
    kind: 'file',
    path: resolve(here, at.text(path, `${own}.path`)),
    mapping:
      mapping === undefined
        ? undefined
        : at.that(
            `${own}.mapping`,
            { zh: '应为含一份映射的文件', en: 'a file with one mapping is wanted' },
            () => mappingIn(resolve(here, at.text(mapping, `${own}.mapping`))),
          ),
  };
}

/** JSON, or the YAML of `datong catalogue apply` with one Mapping. @throws Error where it has none, or several */
function mappingIn(path: string): unknown {
  const parsed = parseAllDocuments(readFileSync(path, 'utf8'), { uniqueKeys: true });
  const documents: readonly Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
  const read = documents.map((document): unknown => {
    const [fault] = [...document.errors, ...document.warnings];
    if (fault !== undefined) throw fault;
    return document.toJS({ maxAliasCount: 0 });
  });
  // a `---` at the end begins a document without content
  const values = read.filter((value) => value !== null);
  const [only] = values;
  if (values.length === 1 && membersOf(only)['kind'] === undefined) return only;
  const mappings = values.map(membersOf).filter(({ kind }) => kind === 'Mapping');
  if (mappings.length !== 1) throw new Error(`${mappings.length} mappings`);
  return mappings[0]?.['document'] ?? null;
}

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  Object(value) as Readonly<Record<string, unknown>>;
