/** The contract as /docs shows it: in one language, with a recorded call and its reply for each operation. */
import type { Language } from '../../../../terms/bilingual.ts';
import { type ContractOperation, readContract, type JsonObject } from './contract.ts';
import { beforeCurl, curlExamples, withoutCurl, type Example, recordedExamples } from './curlExample.ts';
import { readFileSync } from 'node:fs';
import { defined } from '../../../../terms/defined.ts';

/*
 * The contract's descriptions in Chinese: `x-description-zh` next to the description, else api/descriptionsInChinese.json, by place. A place is the operationId or the JSON pointer of the
 * component, followed by the names below it: `operations/listRisks/parameters/limit`, `components/schemas/Risk/properties/due`.
 */

/** `en`: the first eight hexadecimal digits of the SHA-256 of the English text that `zh` translates. A changed English text makes its Chinese stale. */
interface Translation {
  readonly en: string;
  readonly zh: string;
}

/** @returns translations by place */
export const descriptionsInChinese = (): Readonly<Record<string, Translation>> =>
  JSON.parse(
    readFileSync(new URL('../../../../api/descriptionsInChinese.json', import.meta.url), 'utf8'),
  ) as Record<string, Translation>;

/** Examples are shown unchanged. */
const verbatim = /^(?:x-.*|examples?)$/;

/**
 * A copy of a part of the contract with other descriptions, at any depth.
 * @param replace called with each description, its place and the `x-description-zh` next to it; undefined: unchanged
 * @param place of the part itself
 */
export function withDescriptions<T>(
  part: T,
  replace: (text: string, place: string, zh: string | undefined) => string | undefined,
  place = '',
): T {
  if (typeof part !== 'object' || part === null) return part;
  if (Array.isArray(part))
    return part.map((one: unknown, at) => withDescriptions(one, replace, below(place, nameOf(one, at)))) as T;
  const own =
    typeof part === 'object' && 'operationId' in part ? `operations/${String(part.operationId)}` : place;
  return Object.fromEntries(
    Object.entries(part as JsonObject).map(([name, value]) => {
      if (verbatim.test(name)) return [name, value];
      if (name === 'description' && typeof value === 'string') {
        const { 'x-description-zh': zh } = part as JsonObject;
        return [name, replace(value, own, typeof zh === 'string' ? zh : undefined) ?? value];
      }
      return [name, withDescriptions(value, replace, below(own, name))];
    }),
  ) as T;
}

const below = (place: string, name: string): string => (place === '' ? name : `${place}/${name}`);

/** Parameters are found by their names, other elements of lists by their numbers. */
const nameOf = (one: unknown, at: number): string =>
  typeof one === 'object' && one !== null && 'name' in one && typeof one.name === 'string'
    ? one.name
    : String(at);

const objectIn = (parent: JsonObject, name: string): JsonObject => parent[name] as JsonObject;

/** @param written the source document, with references */
export function docsDocument(written: JsonObject, language: Language): JsonObject {
  const source = language === 'zh' ? inChinese(written) : written;
  const examples = recordedExamples();
  const paths: JsonObject = { ...objectIn(source, 'paths') };
  for (const contract of readContract().operations) {
    const item = objectIn(paths, contract.path);
    const verb = contract.method.toLowerCase();
    const operation = inLanguage(objectIn(item, verb), language);
    const example = examples[contract.operationId];
    paths[contract.path] = { ...item, [verb]: withExample(operation, contract, example, language) };
  }
  const tags = (source['tags'] as JsonObject[]).map((tag) => ({
    name: tag['name'],
    description: language === 'zh' ? tag['x-description-zh'] : tag['description'],
  }));
  const info = withCurl(reportedIn(objectIn(source, 'info'), language), language);
  const servers = (source['servers'] as JsonObject[]).map((server) => reportedIn(server, language));
  return { ...source, info, servers, tags, paths };
}

function inChinese(document: JsonObject): JsonObject {
  const translations = descriptionsInChinese();
  return withDescriptions(
    document,
    (_, place, zh) => zh ?? (Object.hasOwn(translations, place) ? translations[place]?.zh : undefined),
  );
}

/** Summary and description of a part, where it has them. */
function reportedIn(part: JsonObject, language: Language): JsonObject {
  const { 'x-summary-zh': summary, 'x-description-zh': description, ...rest } = part;
  if (language === 'en') return rest;
  return {
    ...rest,
    ...defined({ summary, description }),
  };
}

function inLanguage({ 'x-summary-zh': zh, ...operation }: JsonObject, language: Language): JsonObject {
  return language === 'zh' ? { ...operation, summary: zh ?? operation['summary'] } : operation;
}

/** Adds the set-up that the commands of the operations require. */
function withCurl(info: JsonObject, language: Language): JsonObject {
  const before = ['', ...curlWords[language].before, fenced(beforeCurl.join('\n'))].join('\n\n');
  return { ...info, description: `${String(info['description'])}${before}` };
}

const fenced = (text: string): string => `\`\`\`sh\n${text}\n\`\`\``;

/** The texts about the commands in /docs and docs/api-examples.md. */
export const curlWords: Readonly<
  Record<Language, { readonly title: string; readonly before: readonly string[] }>
> = {
  zh: {
    title: '用 curl 做同一次调用',
    before: [
      '各操作旁的 `curl` 命令由记录的调用生成，可以原样复制。交换接口经本机的 `datong client agent`：普通 HTTP，签名与核验由代理来做。先启动代理，再在同一文件夹执行下面两行；令牌只写进自己才能读的文件，命令行上谁都看得见。',
      '工作人员接口：`STAFF` 为其地址，`hub-root.pem` 为枢纽的根证书，`staff.header` 中一行 `authorization: Bearer <令牌>`。公开接口 `OPEN`、本机管理接口 `ADMIN` 不需要令牌。`part.bin` 是要送的文件。编号、批次、签名换成自己的。',
    ],
  },
  en: {
    title: 'the same call with curl',
    before: [
      'The `curl` command of each operation comes from a recorded call and can be copied as it is. It calls the exchange listener over plain HTTP through `datong client agent` on your machine, which signs and verifies. Start the agent, then type these two lines in the same folder. The token goes into a file that only you can read, because every user of the machine can read command lines.',
      'The staff listener: `STAFF` is its address, `hub-root.pem` the root certificate of the hub, `staff.header` one line `authorization: Bearer <token>`. The open listener `OPEN` and the machine’s own `ADMIN` need no token. `part.bin` is the file to send. Replace ids, batches and signatures with your own.',
    ],
  },
};

/** The commands of an operation, or why there are none. */
export function curlText(operation: ContractOperation, example: Example, language: Language): string {
  const commands = curlExamples(operation, example);
  if (commands.length === 0) return withoutCurl[operation.ownMachine ? 'ownMachine' : 'browser'][language];
  return commands.map(({ command }) => fenced(command)).join('\n\n');
}

function withExample(
  operation: JsonObject,
  contract: ContractOperation,
  example: Example | undefined,
  language: Language,
): JsonObject {
  if (example === undefined) return operation;
  const { method, path, headers, body, status, type, answer } = example;
  const call = [`${method} ${path}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  const recorded = language === 'zh' ? '一次真实调用的记录' : 'a call as it was recorded';
  const reported = typeof operation['description'] === 'string' ? `${operation['description']}\n\n` : '';
  const curl = `**${curlWords[language].title}**\n\n${curlText(contract, example, language)}`;
  const description = `${reported}**${recorded}**\n\n\`\`\`http\n${call.join('\n')}\n\`\`\`\n\n${curl}`;
  const requested = operation['requestBody'] as JsonObject | undefined;
  return {
    ...operation,
    description,
    ...(requested === undefined || body === undefined
      ? {}
      : { requestBody: shown(requested, 'application/json', body) }),
    responses: answered(objectIn(operation, 'responses'), String(status), type, answer),
  };
}

function answered(responses: JsonObject, status: string, type: string, answer: unknown): JsonObject {
  const response = responses[status] as JsonObject | undefined;
  // replies that are declared once for all remain references
  if (response?.['content'] === undefined) return responses;
  return { ...responses, [status]: shown(response, type, answer) };
}

function shown(place: JsonObject, type: string, example: unknown): JsonObject {
  const content = objectIn(place, 'content');
  const name = Object.keys(content).find((one) => type.startsWith(one));
  if (name === undefined) return place;
  return { ...place, content: { ...content, [name]: { ...objectIn(content, name), example } } };
}
