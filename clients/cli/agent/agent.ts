/** `datong client agent`: a local proxy through which a system that cannot sign takes part by plain HTTP. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Command } from 'commander';
import { saveExchange } from '../../sdk/storedExchange.ts';
import { saveStream } from '../../sdk/storedStream.ts';
import { withProfile } from '../profile.ts';
import { exitCode, data, talk, VerbFailure } from '../verb.ts';
import { wholeNumber } from '../values.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';
import { agentServer } from './agentServer.ts';
import { watchedApplications } from './applications.ts';

interface AgentOptions extends ClientVerbOptions {
  readonly port: number;
  readonly listen: string;
  readonly beyondLoopback?: boolean;
  readonly tokens: string;
}

export function register(program: Command): void {
  withProfile(program.command('agent'))
    .description(
      '本机代理：回环地址上的普通 HTTP 进，双向 TLS 和签名出，答复与回执核验后转交 / a local proxy: plain HTTP on loopback in, mutual TLS and signature out, replies verified',
    )
    .option(
      '--port <port>',
      'port to listen on (default 8790; 0 takes a free one)',
      wholeNumber(0, 65_535),
      8790,
    )
    .option('--listen <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--beyond-loopback',
      'allow an address that other machines can reach; every holder of a token acts for the department',
    )
    .option(
      '--tokens <file>',
      'tokens of the applications; made where it is missing',
      'datong-agent-tokens.json',
    )
    .option('--save <folder>', 'store request, reply and receipt of every exchange there')
    .addHelpText(
      'after',
      `
Examples:
  $ datong client agent --as education --save exchanges
  $ curl -sS -H @agent.header http://127.0.0.1:8790/v1/datasets/pub-security.household/query \\
      -H 'content-type: application/json' -H 'datong-purpose: school-enrolment' -H 'datong-agreement: agr-school-enrolment' \\
      -H 'datong-on-behalf-of: official-0317' -H 'datong-matter: RX-2026-000451' --data-binary @question.json
agent.header: one line, authorization: Bearer and a token of the file (chmod 600; every user of the machine can read a command line)`,
    )
    .action(run);
}

const loopback = (address: string): boolean => /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/.test(address);

async function run(options: AgentOptions): Promise<void> {
  const { listen, port, save, tokens } = options;
  if (!loopback(listen) && options.beyondLoopback !== true) {
    throw new VerbFailure(exitCode.usage, {
      zh: `${listen} 不是回环地址：确需其他机器访问时加 --beyond-loopback`,
      en: `${listen} is not loopback: add --beyond-loopback where other machines shall reach it`,
    });
  }
  const applications = watchedApplications(tokens);
  const names = [...(await applications()).values()];
  await withClient(options, async (client, profile) => {
    const server = agentServer({
      client,
      applications,
      keep: async (stored) => {
        if (save !== undefined) await saveExchange(save, stored);
      },
      ...(save === undefined
        ? {}
        : {
            keepStream: async (stream, reported) => {
              await saveStream(save, stream, reported);
            },
          }),
      onCall: ({ application, method, path, status }) =>
        talk(
          `${new Date().toISOString()} ${application === '' ? '-' : application} ${method} ${path} ${status}`,
        ),
    });
    server.listen(port, listen);
    await once(server, 'listening');
    const { port: taken } = server.address() as AddressInfo;
    data(`http://${listen.includes(':') ? `[${listen}]` : listen}:${taken}`);
    talk({
      zh: `代理已为 ${profile.department} 启动；令牌在 ${tokens}（${names.join('、')}）。Ctrl-C 结束`,
      en: `the agent speaks for ${profile.department}; tokens in ${tokens} (${names.join(', ')}). Ctrl-C ends it`,
    });
    await interrupted();
    server.close();
    server.closeAllConnections();
  });
}

const interrupted = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
