/**
 * The invented city's app, in the demo only. In a real app the person would be signed in; here one picks a person without proof. The
 * department that runs it vouches for the person (a subject assertion), and their browser continues to their own page.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Bilingual } from '../../../terms/bilingual.ts';

export interface AppPerson {
  readonly title: Bilingual;
  /** Makes the assertion. @returns the address of the person's own page, valid once */
  readonly open: () => Promise<string>;
}

export interface PersonApp {
  readonly origin: string;
  /** Offers these persons from now on; before that the app reports that it is not ready. */
  serve(persons: readonly AppPerson[], place: string): void;
  close(): void;
}

const texts = {
  title: { zh: '云栖市政务服务（虚构应用）', en: 'City services of Yunqi (an invented app)' },
  banner: {
    zh: '演示身份：人物和数据全部虚构，登录身份未经验证，不可用于生产。',
    en: 'Demo identity (演示身份): persons and data are invented and no identity was verified. Not for production.',
  },
  lead: {
    zh: '真实的应用在这里已核实本人身份。选择一位虚构的市民，查看谁查过其数据、撤回同意、提出异议。',
    en: 'A real app knows by now who you are. Pick an invented citizen: see who accessed their data, withdraw a consent, object.',
  },
  wait: { zh: '演示还在进行，请稍后刷新。', en: 'The story is still being played; reload in a moment.' },
  other: { zh: 'English', en: '中文' },
} satisfies Record<string, Bilingual>;

const style =
  'body{font:18px/1.6 system-ui,"Microsoft YaHei","Noto Sans CJK SC",sans-serif;max-width:720px;margin:24px auto;padding:0 16px;color:#1a1a1a}' +
  'button,a{font:inherit}button{padding:8px 16px;margin:8px 0;min-height:44px;color:#fff;background:#0958d9;border:0;border-radius:6px;cursor:pointer}' +
  '.note{border:1px solid #d48806;background:#fffbe6;padding:8px 12px}';

/** @param first port that is tried, then those after it */
export async function openPersonApp(first: number): Promise<PersonApp> {
  let persons: readonly AppPerson[] = [];
  let place = "'none'";
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(502).end());
  });
  await listenFrom(server, first);
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const origin = `http://localhost:${port}`;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', origin);
    // another name that leads here, or another page that posts here, is not this app
    if (request.headers.host !== `localhost:${port}`) return void response.writeHead(421).end();
    if (request.method === 'GET' && pathname === '/') {
      const requested = searchParams.get('language') ?? request.headers['accept-language'] ?? 'zh';
      const nonce = randomBytes(16).toString('base64');
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self' ${place}; frame-ancestors 'none'; base-uri 'none'`,
        'cache-control': 'no-store',
      });
      return void response.end(page(persons, requested.startsWith('zh') ? 'zh' : 'en', nonce));
    }
    const person = persons[Number(/^\/persons\/(\d)$/.exec(pathname)?.[1])];
    if (person === undefined) return void response.writeHead(404).end();
    if (request.method !== 'POST' || request.headers['sec-fetch-site'] !== 'same-origin')
      return void response.writeHead(403).end();
    return void response.writeHead(303, { location: await person.open(), 'cache-control': 'no-store' }).end();
  };
  return {
    origin,
    serve: (those, at) => {
      persons = those;
      place = at;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Every text comes from this file or from the demo, none from a caller. */
function page(persons: readonly AppPerson[], language: 'zh' | 'en', nonce: string): string {
  const say = (text: Bilingual): string => text[language];
  const other = language === 'zh' ? 'en' : 'zh';
  const forms = persons.map(
    ({ title }, at) =>
      `<form method="post" action="/persons/${at}"><button type="submit">${say(title)}</button></form>`,
  );
  return `<!doctype html><html lang="${language === 'zh' ? 'zh-CN' : 'en'}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${say(texts.title)}</title><style nonce="${nonce}">${style}</style>
<body><main><p class="note" role="note"><strong>${say(texts.banner)}</strong></p><h1>${say(texts.title)}</h1><p>${say(texts.lead)}</p>
${forms.length === 0 ? `<p role="status">${say(texts.wait)}</p>` : forms.join('\n')}
<p><a href="/?language=${other}" lang="${other === 'zh' ? 'zh-CN' : 'en'}">${say(texts.other)}</a></p></main></body></html>`;
}

/** @throws the system's error when none of 51 ports is free */
async function listenFrom(server: Server, first: number): Promise<void> {
  for (let port = first; ; port += 1) {
    server.listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
      return;
    } catch (error) {
      if (port >= first + 50) throw error;
    }
  }
}
