/**
 * The built pages of the staff console and of citizens, served by the listener that they call. A page has one HTML document for all its
 * addresses, and assets named by their content. The document has a nonce for the styles of its components; scripts come from this host
 * only, none is inline.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { RequestHandler, Response } from 'express';

/** The built console: `npm ci` makes it. */
const consoleFolder: string = fileURLToPath(new URL('../../../console/dist', import.meta.url));

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const policy = (nonce: string): string =>
  `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; style-src-attr 'none'; img-src 'self' data:; ` +
  "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const building = `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>打通 Datong</title></head>
<body><p>控制台正在构建，几秒后自动刷新。如果一直停在这里，请运行 <code>npm run console</code>。</p>
<p lang="en">The console is being built; this page looks again by itself. If it stays, run <code>npm run console</code>.</p></body></html>
`;

interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
  readonly zipped: Buffer;
}
interface Built {
  readonly page: string;
  readonly assets: ReadonlyMap<string, Asset>;
}

/** Answers GET and HEAD of `/` and of everything below `/console`; other requests pass. */
export const consolePages = (): RequestHandler => builtPages('console', consoleFolder);

/** The pages of citizens, on their own listener: another entry of the same build, without the staff's components. Answers `/` and `/own`. */
export const citizenPages = (): RequestHandler => builtPages('own', join(consoleFolder, 'own'));

/**
 * @param name the first segment of the addresses: `console`, `own`
 * @param folder read whole at the first call after it exists
 */
function builtPages(name: string, folder: string): RequestHandler {
  const pages = new RegExp(`^/(?:${name}(?:/[\\w./-]*)?)?$`);
  let built: Built | undefined;
  return ({ method, url, headers }, response, next) => {
    const path = url.split('?', 1)[0] ?? '';
    if ((method !== 'GET' && method !== 'HEAD') || !pages.test(path)) {
      next();
      return;
    }
    built ??= readBuilt(name, folder);
    const isHead = method === 'HEAD';
    const asset = built?.assets.get(path);
    if (asset !== undefined) {
      sendAsset(response, asset, { zipped: /\bgzip\b/.test(headers['accept-encoding'] ?? ''), isHead });
      return;
    }
    // an unknown asset is not found; a page address may end in `dept.name`, so an extension proves nothing
    if (path.startsWith(`/${name}/assets/`) || path.includes('//')) {
      next();
      return;
    }
    sendPage(response, built, isHead);
  };
}

function sendAsset(
  response: Response,
  { type, bytes, zipped }: Asset,
  wanted: { readonly zipped: boolean; readonly isHead: boolean },
): void {
  response.setHeader('content-type', type);
  response.setHeader('vary', 'accept-encoding');
  response.setHeader('cache-control', 'public, max-age=31536000, immutable');
  if (wanted.zipped) response.setHeader('content-encoding', 'gzip');
  const body = wanted.zipped ? zipped : bytes;
  response.end(wanted.isHead ? undefined : body);
}

/** The page; before it is built, one that is loaded again. */
function sendPage(response: Response, built: Built | undefined, isHead: boolean): void {
  const nonce = randomBytes(16).toString('base64');
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.setHeader('content-security-policy', policy(nonce));
  const page = built === undefined ? building : built.page.replaceAll('__NONCE__', nonce);
  response.end(isHead ? undefined : page);
}

function readBuilt(name: string, folder: string): Built | undefined {
  const index = join(folder, 'index.html');
  if (!existsSync(index)) return undefined;
  const files = readdirSync(join(folder, 'assets')).filter((file) => types[extname(file)] !== undefined);
  return {
    page: readFileSync(index, 'utf8'),
    assets: new Map(
      files.map((file) => {
        const bytes = readFileSync(join(folder, 'assets', file));
        return [
          `/${name}/assets/${file}`,
          { type: types[extname(file)] ?? '', bytes, zipped: gzipSync(bytes) },
        ];
      }),
    ),
  };
}
