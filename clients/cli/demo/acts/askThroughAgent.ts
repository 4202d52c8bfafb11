import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { DatongClient } from '../../../sdk/datongClient.ts';
import type { CallContext } from '../../../sdk/types.ts';
import { agentServer } from '../../agent/agentServer.ts';
import { tokenDigest } from '../../agent/agentLimits.ts';
import type { Tally } from '../narrator.ts';

/** The answer, and the program that requested it: curl, or this program where the machine has no curl. */
export interface RequestedThroughAgent {
  readonly answer: Readonly<Record<string, unknown>>;
  readonly by: 'curl' | 'fetch';
}

interface PlainCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Acts as a system that cannot sign: plain HTTP to `datong client agent` on its own machine, by curl where available.
 * @throws Error where curl ends with a fault
 */
export async function askThroughAgent(
  client: DatongClient,
  tally: Pick<Tally, 'exchanges'>,
  path: string,
  question: object,
  { purpose, agreement, onBehalfOf = '', matter = '' }: CallContext,
): Promise<RequestedThroughAgent> {
  const token = randomBytes(32).toString('base64url');
  const agent = agentServer({
    client,
    applications: () => new Map([[tokenDigest(token), 'enrolment']]),
    keep: (stored) => {
      tally.exchanges.push(stored);
      return Promise.resolve();
    },
    onCall: () => undefined,
  });
  agent.listen(0, '127.0.0.1');
  await once(agent, 'listening');
  try {
    const { port } = agent.address() as AddressInfo;
    const call: PlainCall = {
      url: `http://127.0.0.1:${port}${path}`,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'datong-purpose': purpose,
        'datong-agreement': agreement,
        'datong-on-behalf-of': onBehalfOf,
        'datong-matter': matter,
      },
      body: JSON.stringify(question),
    };
    const byCurl = await asCurl(call);
    const text = byCurl ?? (await (await fetch(call.url, { ...call, method: 'POST' })).text());
    return {
      answer: JSON.parse(text) as RequestedThroughAgent['answer'],
      by: byCurl === undefined ? 'fetch' : 'curl',
    };
  } finally {
    agent.close();
    agent.closeAllConnections();
  }
}

/** Token and question are passed by standard input: every user of the machine can read a command line. @returns undefined without curl */
function asCurl({ url, headers, body }: PlainCall): Promise<string | undefined> {
  const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  const lines = [
    `url = ${quoted(url)}`,
    ...Object.entries(headers).map(([name, value]) => `header = ${quoted(`${name}: ${value}`)}`),
    `data-binary = ${quoted(body)}`,
  ];
  return new Promise((done, failed) => {
    // first of all: nothing of the user's own settings
    const options = [
      '--disable',
      '--silent',
      '--show-error',
      '--max-time',
      '60',
      '--noproxy',
      '*',
      '--config',
      '-',
    ];
    const curl = execFile('curl', options, (fault, reported) => {
      if (fault === null) done(reported);
      else if (fault.code === 'ENOENT') done(undefined);
      else failed(new Error('curl did not ask', { cause: fault }));
    });
    curl.stdin?.on('error', () => undefined);
    curl.stdin?.end(`${lines.join('\n')}\n`);
  });
}
