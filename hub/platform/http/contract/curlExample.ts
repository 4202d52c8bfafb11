/**
 * Formats a recorded call as a curl command. On the exchange listener the developer calls `datong client agent` on their own machine by
 * plain HTTP; on the others they call the hub itself, verified by its root certificate. All users of a machine can read command lines. So
 * the token comes from a file of headers, and the body from a here-document.
 */
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { type ContractOperation, type Listener, schemeOn } from './contract.ts';
import { readFileSync } from 'node:fs';

/* Recorded calls that hubs answered while tests ran: /docs shows them next to each operation. */

/** The shown parts of a recorded call. */
export interface Example {
  readonly method: string;
  /** with the values of the parameters */
  readonly path: string;
  /** signed headers of Datong, and the idempotency key */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status: number;
  readonly type: string;
  readonly answer: unknown;
}

type Examples = Readonly<Record<string, Example>>;

/** Recorded by scripts/examples/recordExamples.ts. */
export const recordedExamples = (): Examples =>
  JSON.parse(readFileSync(new URL('../../../../api/examples.json', import.meta.url), 'utf8')) as Examples;

export interface CurlExample {
  readonly listener: Listener;
  readonly command: string;
}

/** Addresses of the listeners, and the curl options for each. */
const listenerOptions: Readonly<Record<'exchange' | 'open' | 'staff' | 'admin', readonly string[]>> = {
  exchange: ['-H @agent.header', '"$AGENT'],
  open: ['--cacert hub-root.pem', '"$OPEN'],
  staff: ['--cacert hub-root.pem', '-H @staff.header', '"$STAFF'],
  admin: ['"$ADMIN'],
};

/** Set-up that the commands need once: printed before them, and run by the test of the commands. */
export const beforeCurl: readonly string[] = [
  'export NO_PROXY=127.0.0.1 AGENT=http://127.0.0.1:8790',
  `(umask 077; sed -n 's/.*"default": *"\\([^"]*\\)".*/authorization: Bearer \\1/p' datong-agent-tokens.json > agent.header)`,
];

/** Why an operation has no command. */
export const withoutCurl: Readonly<Record<'ownMachine' | 'browser', Bilingual>> = {
  ownMachine: {
    zh: '只由持有密钥的机器调用（SDK、`datong` 命令、代理自己），代理不替应用转交。',
    en: 'called only by the machine that holds the keys (SDK, `datong`, the agent by itself); the agent passes it on for no application.',
  },
  browser: {
    zh: '只由浏览器中的页面调用，别处来的请求一律拒绝。',
    en: 'called by the page in a browser; calls from elsewhere are refused.',
  },
};

/** One command for each listener that programs call; none for operations that only the hub's machine or a page calls. */
export function curlExamples(operation: ContractOperation, example: Example): readonly CurlExample[] {
  if (operation.ownMachine) return [];
  return operation.listeners.flatMap((listener) =>
    listener === 'citizen' || isSignIn(operation, listener)
      ? []
      : [{ listener, command: curlOn(operation, example, listener) }],
  );
}

/** Rejected for all but pages of the listener's own origin. */
const isSignIn = (operation: ContractOperation, listener: Listener): boolean =>
  listener === 'staff' && schemeOn(operation, listener) === undefined;

function curlOn(
  operation: ContractOperation,
  { method, path, headers, body }: Example,
  listener: keyof typeof listenerOptions,
): string {
  const sent = typeof body === 'object' && body !== null;
  const binary = [...(operation.body?.content.keys() ?? [])].find((type) => type !== 'application/json');
  const type = sent ? 'application/json' : binary;
  const lines = [
    `curl -sS${method === implied(sent || binary !== undefined) ? '' : ` -X ${method}`}${operation.stream ? ' -N' : ''} ${listenerOptions[listener].join(' ')}${path}"`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(type === undefined
      ? []
      : [
          `-H ${quoted(`content-type: ${type}`)} ${sent ? "--data-binary @- <<'END'" : '--data-binary @part.bin'}`,
        ]),
  ];
  return `${lines.join(' \\\n  ')}${sent ? `\n${JSON.stringify(body)}\nEND` : ''}`;
}

/** The method that curl uses when none is named. */
const implied = (body: boolean): string => (body ? 'POST' : 'GET');

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
