/** /docs and /openapi.yaml of the open listener: Swagger UI from its npm package, nothing from another host, no inline script. */
import { createReadStream, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream';
import { Router } from 'express';
import { parse } from 'yaml';
import type { Language } from '../../../../terms/bilingual.ts';
import { contractFile, type JsonObject } from './contract.ts';
import { docsDocument } from './docsDocument.ts';

/**
 * The labels of Swagger UI in Chinese, because it supports only English. Each drawn text that is one of these labels is replaced; texts
 * of the contract, code and examples are unchanged.
 */
export const labelsInChinese: Readonly<Record<string, string>> = {
  Servers: '服务地址',
  'Computed URL:': '完整地址：',
  'Server variables': '地址变量',
  Authorize: '授权',
  Schemas: '数据结构',
  Schema: '结构',
  Parameters: '参数',
  'No parameters': '没有参数',
  Name: '名称',
  Description: '说明',
  'Request body': '请求正文',
  'Example Value': '示例',
  Examples: '示例',
  Responses: '答复',
  Code: '状态码',
  Links: '链接',
  'No links': '没有链接',
  Headers: '答复头',
  'Media type': '媒体类型',
  'Parameter content type': '参数的媒体类型',
  'Expand all': '全部展开',
  'Collapse all': '全部收起',
  'Default value': '默认值',
  'Available values': '可用值',
  required: '必填',
  path: '路径',
  query: '查询参数',
  header: '请求头',
  object: '对象',
  string: '文本',
  integer: '整数',
  boolean: '真假值',
  Default: '默认值',
  Enum: '可选值',
  Items: '各项',
  Properties: '成员',
  'Additional properties': '其他成员',
  'One of': '其中之一',
  'Any of': '任一',
  'All of': '全部',
};

/** Texts that contain a part of the contract: pattern and replacement. */
const patterns: readonly (readonly [string, string])[] = [
  ['^\\[(\\d+), (\\d+)\\] characters$', '$1 至 $2 个字符'],
  ['^([≤≥<>]) (\\d+) characters$', '$1 $2 个字符'],
  ['^(\\d+) characters$', '$1 个字符'],
  ['^\\[(\\d+), (\\d+)\\] items$', '$1 至 $2 项'],
  ['^([≤≥<>]) (\\d+) items$', '$1 $2 项'],
  ['^([≤≥<>]) (\\d+) properties$', '$1 $2 个成员'],
  ['^matches (.*)$', '形如 $1'],
];

/** A script of the page: it contains no input of a caller. */
const labelsScript = `const labels = new Map(Object.entries(${JSON.stringify(labelsInChinese)}));
const patterns = ${JSON.stringify(patterns)}.map(([from, to]) => [new RegExp(from, 's'), to]);
const kept = 'pre, code, .markdown, .renderedMarkdown, .json-schema-2020-12__title, td .parameter__name, .opblock-tag, option';
function tell(text) {
  if (text.parentElement === null || text.parentElement.closest(kept) !== null) return;
  const said = (text.nodeValue ?? '').trim();
  const label = labels.get(said) ?? patterns.flatMap(([from, to]) => (from.test(said) ? [said.replace(from, to)] : []))[0];
  if (label !== undefined) text.nodeValue = label;
}
function tellIn(node) {
  if (node.nodeType === Node.TEXT_NODE) return tell(node);
  const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) tell(texts.currentNode);
}
new MutationObserver((changes) => {
  for (const { type, target, addedNodes } of changes) type === 'characterData' ? tellIn(target) : addedNodes.forEach(tellIn);
}).observe(document.getElementById('ui'), { childList: true, characterData: true, subtree: true });
`;

const tongues: Readonly<Record<Language, { locale: string; other: string; otherName: string }>> = {
  zh: { locale: 'zh-CN', other: '/docs/en', otherName: 'English' },
  en: { locale: 'en', other: '/docs', otherName: '中文' },
};

const page = (language: Language): string => `<!doctype html>
<html lang="${tongues[language].locale}">
<head><meta charset="utf-8"><title>打通 Datong API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><p><a id="other" href="${tongues[language].other}">${tongues[language].otherName}</a></p><div id="ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.${language}.js"></script></body>
</html>
`;

/** An operation has an address of its own, `/docs#/release/queryDataset`, also in the other language. */
const start = (language: Language): string =>
  `${language === 'zh' ? labelsScript : ''}SwaggerUIBundle({ url: '/docs/openapi.${language}.json', dom_id: '#ui', deepLinking: true, docExpansion: 'list', supportedSubmitMethods: [], validatorUrl: null });
const other = document.getElementById('other');
other.addEventListener('click', () => { other.href = '${tongues[language].other}' + location.hash; });
`;

const documentIn = (language: Language): string =>
  JSON.stringify(docsDocument(parse(readFileSync(contractFile, 'utf8')) as JsonObject, language));

/** The page's own styles are inline in Swagger UI; scripts come from this host only. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const assets: Readonly<Record<string, string>> = {
  '/docs/swagger-ui.css': 'text/css; charset=utf-8',
  '/docs/swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

const html = 'text/html; charset=utf-8';
const script = 'text/javascript; charset=utf-8';
const texts: Readonly<Record<string, readonly [type: string, text: () => string]>> = {
  '/docs': [html, () => page('zh')],
  '/docs/en': [html, () => page('en')],
  '/docs/start.zh.js': [script, () => start('zh')],
  '/docs/start.en.js': [script, () => start('en')],
  '/docs/openapi.zh.json': ['application/json', () => documentIn('zh')],
  '/docs/openapi.en.json': ['application/json', () => documentIn('en')],
  '/openapi.yaml': ['application/yaml; charset=utf-8', () => readFileSync(contractFile, 'utf8')],
};

/** Answers GET of these addresses and passes every other request on. */
export function docs(): Router {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const router = Router({ strict: true, caseSensitive: true });
  for (const [path, [type, text]] of Object.entries(texts))
    router.get(path, (_request, response) => {
      response.setHeader('content-security-policy', policy);
      response.setHeader('content-type', type);
      response.end(text());
    });
  for (const [path, type] of Object.entries(assets))
    router.get(path, (_request, response) => {
      response.setHeader('content-security-policy', policy);
      response.setHeader('content-type', type);
      // a file that cannot be opened ends the reply, and a caller who leaves ends the file
      pipeline(createReadStream(join(folder, path.slice('/docs/'.length))), response, () => undefined);
    });
  return router;
}
