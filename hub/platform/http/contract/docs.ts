/** /docs and /openapi.yaml of the open listener: Swagger UI from its npm package, nothing from another host, no inline script. */
import { labelsScript } from './docsLabels.ts';
import { createReadStream, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream';
import { Router } from 'express';
import { parse } from 'yaml';
import type { Language } from '../../../../terms/bilingual.ts';
import { contractFile, type JsonObject } from './contract.ts';
import { docsDocument } from './docsDocument.ts';

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

/** An operation has an address of its own, `/docs#/release/queryDataset`, in the other language too. */
const start = (language: Language): string =>
  `${language === 'zh' ? labelsScript : ''}SwaggerUIBundle({ url: '/docs/openapi.${language}.json', dom_id: '#ui', deepLinking: true, docExpansion: 'list', supportedSubmitMethods: [], validatorUrl: null });
const other = document.getElementById('other');
other.addEventListener('click', () => { other.href = '${tongues[language].other}' + location.hash; });
`;

const documentIn = (language: Language): string =>
  JSON.stringify(docsDocument(parse(readFileSync(contractFile, 'utf8')) as JsonObject, language));

/** The page's own styles are inline in Swagger UI; scripts come from this host alone. */
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

/** Answers GET of these addresses and lets everything else pass. */
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
      // a file that cannot be opened ends the answer, and a caller who leaves ends the file
      pipeline(createReadStream(join(folder, path.slice('/docs/'.length))), response, () => undefined);
    });
  return router;
}
