/**
 * The generated parts of docs/api.md and docs/api.zh-CN.md (the worked example) and the whole of docs/api-problems.md with its Chinese
 * page (every problem code) and docs/api-examples.md (operations as commands). `npm run generate` writes them; a test compares them and verifies the example.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ReplyMessage, RequestMessage } from '../certs/message.ts';
import { readAnySignatures } from '../certs/signatures/anySignature.ts';
import {
  contentDigest,
  readSignature,
  requestBase,
  signingKey,
  signRequest,
} from '../certs/signatures/index.ts';
import { contractFile, contractOf, type JsonObject } from '../hub/platform/http/contract/contract.ts';
import { beforeCurl, curlExamples, recordedExamples } from '../hub/platform/http/contract/curlExample.ts';
import { curlText, curlWords } from '../hub/platform/http/contract/docsDocument.ts';
import type { Language } from '../terms/bilingual.ts';
import { type ProblemKind, problemCatalogue } from '../terms/problemCatalogue.ts';

/** Test keys of RFC 9421: Ed25519 (B.1.4) signs the request, P-256 (B.1.3) the reply. Their private halves are published. */
export const exampleKeys = {
  department: {
    kty: 'OKP',
    crv: 'Ed25519',
    d: 'n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU',
    x: 'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs',
  },
  hub: {
    kty: 'EC',
    crv: 'P-256',
    d: 'UpuF81l-kOxbjf7T4mNSv0r5tN67Gim7rnf6EFpcYDs',
    x: 'qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA',
    y: 'Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0',
  },
} as const;

/** A signature by P-256 is another each time it is made, so the reply's is written down here; the test verifies it. */
const replySignature =
  'DF5WGChYjjzxYJB9eCuO6qH8biqk3DhbeF6cDCDYyjQTQafiyFHKGfKShOMI6ubTDk2GyuUlbeY2UDGDJWoH9g==';

const origin = 'https://hub.example:8443';
const requested = {
  method: 'POST',
  targetUri: `${origin}/v1/datasets/pub-security.household/query`,
  headers: {
    'content-type': 'application/json',
    'datong-purpose': 'school-enrolment',
    'datong-agreement': 'agr-school-enrolment',
    'datong-on-behalf-of': 'clerk-0042',
    'datong-matter': 'RX-2026-000123',
  },
  body: Buffer.from('{"filter":[{"field":"person_id","op":"eq","value":"990101201805060012"}]}'),
};

/** The request of the example. Ed25519 gives the same bytes in every language. */
export function exampleRequest(): RequestMessage {
  const headers = signRequest({
    ...requested,
    key: signingKey({ ...exampleKeys.department }),
    created: 1_790_000_000,
    nonce: 'AAECAwQFBgcICQoLDA0ODw',
  });
  const { method, targetUri, body } = requested;
  return { method, targetUri, body, rawHeaders: Object.entries(headers).flat() };
}

/** The reply of the example. Its receipt is cut short. */
export function exampleReply(): ReplyMessage {
  const keyid = signingKey({ ...exampleKeys.hub }).keyid;
  const body = Buffer.from('{"records":[],"withheld":{},"rows":{"delivered":0,"withheld":0}}');
  const list =
    '("@status" "content-type" "content-digest" "datong-exchange-id" "datong-receipt" "@method";req "@target-uri";req "content-digest";req "signature";req;key="req")';
  const rawHeaders = Object.entries({
    'content-type': 'application/json',
    'datong-exchange-id': '01a0c5f0-3a00-7000-8000-000000000001',
    'datong-receipt': 'eyJ2IjoxfQ',
    'content-digest': contentDigest(body),
    'signature-input': `res=${list};created=1790000000;keyid="${keyid}";alg="ecdsa-p256-sha256";tag="datong-res-1"`,
    signature: `res=:${replySignature}:`,
  }).flat();
  return { status: 200, rawHeaders, body };
}

const fenced = (text: string, language = 'http'): string => `\`\`\`${language}\n${text}\n\`\`\``;

function headersText(rawHeaders: readonly string[]): string {
  const lines: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2)
    lines.push(`${rawHeaders[i] ?? ''}: ${rawHeaders[i + 1] ?? ''}`);
  return lines.join('\n');
}

interface Words {
  readonly base: string;
  readonly request: string;
  readonly replyBase: string;
  readonly reply: string;
}

const words: Readonly<Record<'en' | 'zh', Words>> = {
  en: {
    base: 'The signature base of the request, lines joined by a single LF, none at the end:',
    request: 'The request as it goes out:',
    reply: 'A reply:',
    replyBase: 'The signature base of the reply:',
  },
  zh: {
    base: '请求的签名基串，各行以单个 LF 相连，末尾没有换行：',
    request: '发出的请求：',
    reply: '答复：',
    replyBase: '答复的签名基串：',
  },
};

function workedExample({ base, request: sent, reply: got, replyBase }: Words): string {
  const request = exampleRequest();
  const reply = exampleReply();
  const { pathname, host } = new URL(request.targetUri);
  const [signature] = readAnySignatures({ kind: 'reply', message: reply }, request);
  return [
    base,
    fenced(requestBase(readSignature(request), request), 'text'),
    sent,
    fenced(
      `${request.method} ${pathname} HTTP/1.1\nhost: ${host}\n${headersText(request.rawHeaders)}\ncontent-length: ${request.body.length}\n\n${Buffer.from(request.body).toString()}`,
    ),
    got,
    fenced(
      `HTTP/1.1 ${reply.status} OK\n${headersText(reply.rawHeaders)}\n\n${Buffer.from(reply.body).toString()}`,
    ),
    replyBase,
    fenced(signature?.base ?? '', 'text'),
  ].join('\n\n');
}

/** One section a status, one row a code, in both languages. */
export function problemsDocument(language: Language): string {
  const kinds = Object.entries(problemCatalogue).sort(([a], [b]) => (a < b ? -1 : 1));
  const statuses = [...new Set(kinds.map(([, { status }]) => status))].sort((one, other) => one - other);
  const row = ([code, { text, next, who }]: [string, ProblemKind]): string => {
    const lines = [text, ...(who === 'operator' ? [next] : [])];
    return `|\`${code}\`|${lines.map((one) => one[language].replaceAll('|', '\\|')).join('<br>')}|`;
  };
  const { title, other, lead, head } = problemWords[language];
  return [
    '<!-- generated by npm run generate from terms/problems -->',
    `# ${title}`,
    '',
    other,
    '',
    lead,
    '',
    ...statuses.flatMap((status) => [
      `## ${status}`,
      '',
      head,
      '|---|---|',
      ...kinds.filter(([, kind]) => kind.status === status).map(row),
      '',
    ]),
  ].join('\n');
}

const problemWords = {
  en: {
    title: 'Problem codes',
    other: '[中文](api-problems.zh-CN.md)',
    lead: 'Every refusal is `application/problem+json` with one of these codes ([api.md](api.md#problems)). Its `next` states what to do; where the operator resolves it, the second line here. `{places}` are filled with names and numbers, never with values of fields.',
    head: '|Code|Problem|',
  },
  zh: {
    title: '问题代码',
    other: '[English](api-problems.md)',
    lead: '每一次拒绝都是带有下列代码之一的 `application/problem+json`（[api.zh-CN.md](api.zh-CN.md#问题)），其 `next` 写明处理建议。由运维人员解决的代码，第二行为处理建议。`{花括号}` 处填入名称和数字，绝不填入数据项的取值。',
    head: '|代码|问题|',
  },
} as const;

/** Puts the generated example between its markers. @throws Error when a marker is missing */
function withExample(document: string, example: string): string {
  const begin = '<!-- begin worked example -->\n';
  const end = '\n<!-- end worked example -->';
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error('docs/api.md lost the markers of its worked example');
  return `${document.slice(0, from + begin.length)}\n${example}\n${document.slice(to)}`;
}

const examples = [
  ['Python', 'datong_client.py'],
  ['Java', 'DatongClient.java'],
  ['Shell', 'datong.sh'],
] as const;

/** The pages that link the example programs and show calls of the exchange listener with curl. */
function examplePages(): readonly [string, string][] {
  const files = examples.map(
    ([title, name]) => `| ${title} | [\`clients/examples/${name}\`](../clients/examples/${name}) |`,
  );
  const page = (language: Language, title: string, other: string, head: string, lead: string): string =>
    [
      '<!-- generated by npm run generate from clients/examples and api/examples.json -->',
      `# ${title}`,
      other,
      [head, '|---|---|', ...files].join('\n'),
      lead,
      ...curlSection(language),
      '',
    ].join('\n\n');
  return [
    [
      'docs/api-examples.md',
      page(
        'en',
        'API examples',
        '[中文](api-examples.zh-CN.md)',
        '| Language | Program |',
        'Each program signs and sends a request, and verifies signature and receipt of the reply before it prints the body ([api.md](api.md)). It needs the folder `datong-keys` of `datong enrol`, or the same five files made by hand ([Enrolling](api.md#enrolling)).',
      ),
    ],
    [
      'docs/api-examples.zh-CN.md',
      page(
        'zh',
        '接口示例',
        '[English](api-examples.md)',
        '| 语言 | 程序 |',
        '三个程序都先给请求签名、发送，核验答复的签名和回执之后才显示正文（[api.zh-CN.md](api.zh-CN.md)）。它们使用 `datong enrol` 写出的文件夹 `datong-keys`，或自行准备的同样五个文件（[登记](api.zh-CN.md#登记)）。',
      ),
    ],
  ];
}

/** Frequent operations, whose command the page shows. /docs shows the commands of all of them. */
const shownOperations: ReadonlySet<string> = new Set([
  'queryDataset',
  'batchQuery',
  'checkFact',
  'streamRecords',
  'downloadExport',
  'listChanges',
  'openBatch',
  'putBatchPart',
  'commitBatch',
  'pushRows',
  'changeRow',
  'publishEvents',
  'subscribe',
  'pullEvents',
  'getReceipt',
]);

/** Operations of the exchange listener as commands, which are the same in both languages. */
function curlSection(language: Language): readonly string[] {
  const recorded = recordedExamples();
  // the YAML itself, not the compiled contract, which may be older
  const { document, operations } = contractOf(parse(readFileSync(contractFile, 'utf8')) as JsonObject);
  const shown = operations.flatMap((operation) => {
    const example = recorded[operation.operationId];
    if (!shownOperations.has(operation.operationId) || example === undefined) return [];
    const item = (document['paths'] as Record<string, JsonObject>)[operation.path];
    const described = item?.[operation.method.toLowerCase()] as JsonObject;
    const summary = String(described[language === 'zh' ? 'x-summary-zh' : 'summary']);
    return [{ operation, example, summary }];
  });
  if (shown.length !== shownOperations.size) throw new Error('an operation of the page has no recorded call');
  const { title, all } = curlPage[language];
  const [through = ''] = curlWords[language].before;
  return [
    `## ${title}`,
    all,
    through,
    fenced(beforeCurl.join('\n'), 'sh'),
    ...shown.flatMap(({ operation, example, summary }) => {
      const [command] = curlExamples(operation, example);
      const text =
        command === undefined ? curlText(operation, example, language) : fenced(command.command, 'sh');
      return [`### ${operation.operationId}`, `${summary} → ${example.status}`, text];
    }),
  ];
}

const curlPage = {
  en: {
    title: 'Operations with curl',
    all: 'Frequent calls follow; the page `/docs` of the open listener shows the command of each operation next to its recorded call. `part.bin` is the file to send; replace ids and batches with your own.',
  },
  zh: {
    title: '用 curl 调用',
    all: '以下是常用的调用。每个枢纽（包括演示）开放端口的 `/docs` 页，在每个操作的调用记录旁都有其命令。`part.bin` 是要送的文件；编号和批次换成自己的。',
  },
} as const;

/** @param root folder of the repository */
export async function apiDocuments(root: string): Promise<ReadonlyMap<string, string>> {
  const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');
  return new Map([
    ['docs/api.md', withExample(await read('docs/api.md'), workedExample(words.en))],
    ['docs/api.zh-CN.md', withExample(await read('docs/api.zh-CN.md'), workedExample(words.zh))],
    ['docs/api-problems.md', problemsDocument('en')],
    ['docs/api-problems.zh-CN.md', problemsDocument('zh')],
    ...examplePages(),
  ]);
}
