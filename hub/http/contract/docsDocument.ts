/** The contract as /docs shows it: in one language, with what a hub was asked and answered beside each operation. */
import { readFileSync } from 'node:fs';
import type { Language } from '../../../terms/bilingual.ts';
import { descriptionsInChinese, withDescriptions } from './descriptionsIn.ts';
import { readContract, type JsonObject } from './contract.ts';

/** A call that was recorded, as far as it is shown. */
export interface Example {
  readonly method: string;
  /** with what stood for the parameters */
  readonly path: string;
  /** signed headers of Datong, and the idempotency key */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status: number;
  readonly type: string;
  readonly answer: unknown;
}

export type Examples = Readonly<Record<string, Example>>;

/** Recorded by scripts/examples/recordExamples.ts. */
export const recordedExamples = (): Examples =>
  JSON.parse(readFileSync(new URL('../../../api/examples.json', import.meta.url), 'utf8')) as Examples;

const objectIn = (parent: JsonObject, name: string): JsonObject => parent[name] as JsonObject;

/** @param written the document as people write it, references and all */
export function docsDocument(written: JsonObject, language: Language): JsonObject {
  const source = language === 'zh' ? inChinese(written) : written;
  const examples = recordedExamples();
  const paths: JsonObject = { ...objectIn(source, 'paths') };
  for (const { operationId, path, method } of readContract().operations) {
    const item = objectIn(paths, path);
    const verb = method.toLowerCase();
    const operation = inLanguage(objectIn(item, verb), language);
    paths[path] = { ...item, [verb]: withExample(operation, examples[operationId], language) };
  }
  const tags = (source['tags'] as JsonObject[]).map((tag) => ({
    name: tag['name'],
    description: language === 'zh' ? tag['x-description-zh'] : tag['description'],
  }));
  const info = toldIn(objectIn(source, 'info'), language);
  const servers = (source['servers'] as JsonObject[]).map((server) => toldIn(server, language));
  return { ...source, info, servers, tags, paths };
}

function inChinese(document: JsonObject): JsonObject {
  const told = descriptionsInChinese();
  return withDescriptions(document, (text) => (Object.hasOwn(told, text) ? told[text] : undefined));
}

/** Summary and description of a part, where it has them. */
function toldIn(part: JsonObject, language: Language): JsonObject {
  const { 'x-summary-zh': summary, 'x-description-zh': description, ...rest } = part;
  if (language === 'en') return rest;
  return {
    ...rest,
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
  };
}

function inLanguage({ 'x-summary-zh': zh, ...operation }: JsonObject, language: Language): JsonObject {
  return language === 'zh' ? { ...operation, summary: zh ?? operation['summary'] } : operation;
}

function withExample(operation: JsonObject, example: Example | undefined, language: Language): JsonObject {
  if (example === undefined) return operation;
  const { method, path, headers, body, status, type, answer } = example;
  const call = [`${method} ${path}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  const recorded = language === 'zh' ? '一次真实调用的记录' : 'a call as it was recorded';
  const told = typeof operation['description'] === 'string' ? `${operation['description']}\n\n` : '';
  const description = `${told}**${recorded}**\n\n\`\`\`http\n${call.join('\n')}\n\`\`\``;
  const asked = operation['requestBody'] as JsonObject | undefined;
  return {
    ...operation,
    description,
    ...(asked === undefined || body === undefined
      ? {}
      : { requestBody: shown(asked, 'application/json', body) }),
    responses: answered(objectIn(operation, 'responses'), String(status), type, answer),
  };
}

function answered(responses: JsonObject, status: string, type: string, answer: unknown): JsonObject {
  const response = responses[status] as JsonObject | undefined;
  // answers that are declared once for all stay references
  if (response?.['content'] === undefined) return responses;
  return { ...responses, [status]: shown(response, type, answer) };
}

function shown(place: JsonObject, type: string, example: unknown): JsonObject {
  const content = objectIn(place, 'content');
  const name = Object.keys(content).find((one) => type.startsWith(one));
  if (name === undefined) return place;
  return { ...place, content: { ...content, [name]: { ...objectIn(content, name), example } } };
}
