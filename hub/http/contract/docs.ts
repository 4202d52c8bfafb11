/** /docs and /openapi.yaml of the open listener: Swagger UI from its npm package, nothing from another host, no inline script. */
import { createReadStream, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Router } from 'express';
import { contractFile } from './contract.ts';

const page = `<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><title>打通 Datong API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
`;
const start = `SwaggerUIBundle({ url: '/openapi.yaml', dom_id: '#ui', supportedSubmitMethods: [], validatorUrl: null });
`;

/** The page's own styles are inline in Swagger UI; scripts come from this host alone. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const assets: Readonly<Record<string, string>> = {
  '/docs/swagger-ui.css': 'text/css; charset=utf-8',
  '/docs/swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

/** Answers GET of these addresses and lets everything else pass. */
export function docs(): Router {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const texts: Readonly<Record<string, readonly [type: string, text: () => string]>> = {
    '/docs': ['text/html; charset=utf-8', () => page],
    '/docs/start.js': ['text/javascript; charset=utf-8', () => start],
    '/openapi.yaml': ['application/yaml; charset=utf-8', () => readFileSync(contractFile, 'utf8')],
  };
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
      createReadStream(join(folder, path.slice('/docs/'.length))).pipe(response);
    });
  return router;
}
