/**
 * The staff console's files, on the listener that its calls go to: one page, whatever its address, and assets named by what is in them.
 * The page carries a nonce of its own for the styles that its components make; scripts come from this host alone, nothing inline.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { RequestHandler } from 'express';

/** Where the built console lies: `npm ci` makes it. */
export const consoleFolder: string = fileURLToPath(new URL('../../console/dist', import.meta.url));

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

/**
 * Answers GET and HEAD of `/` and of everything below `/console`, and lets the rest pass.
 * @param folder read whole at the first call that finds it there
 * @param missing told at a call that does not
 */
export function consolePages(folder: string = consoleFolder, missing?: () => void): RequestHandler {
  return builtPages('console', folder, missing);
}

/** @param name the first part of its addresses: `/console`, `/own` */
export function builtPages(name: string, folder: string, missing?: () => void): RequestHandler {
  const pages = new RegExp(`^/(?:${name}(?:/[\\w./-]*)?)?$`);
  let built: Built | undefined;
  return ({ method, url, headers }, response, next) => {
    const path = url.split('?', 1)[0] ?? '';
    if ((method !== 'GET' && method !== 'HEAD') || !pages.test(path)) {
      next();
      return;
    }
    built ??= readBuilt(name, folder);
    const asset = built?.assets.get(path);
    if (asset !== undefined) {
      const zipped = /\bgzip\b/.test(headers['accept-encoding'] ?? '');
      response.setHeader('content-type', asset.type);
      response.setHeader('vary', 'accept-encoding');
      response.setHeader('cache-control', 'public, max-age=31536000, immutable');
      if (zipped) response.setHeader('content-encoding', 'gzip');
      response.end(method === 'HEAD' ? undefined : zipped ? asset.zipped : asset.bytes);
      return;
    }
    // what is asked for as a file and is none is not found; a page may be about `dept.name`
    if (path.startsWith(`/${name}/assets/`) || path.includes('//')) {
      next();
      return;
    }
    if (built === undefined) missing?.();
    const nonce = randomBytes(16).toString('base64');
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('cache-control', 'no-store');
    response.setHeader('content-security-policy', policy(nonce));
    const page = built === undefined ? building : built.page.replaceAll('__NONCE__', nonce);
    response.end(method === 'HEAD' ? undefined : page);
  };
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
