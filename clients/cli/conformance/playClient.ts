/**
 * Runs the cases against a client: a program that is started once for each case, with the arguments of the examples in clients/examples.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RequestMessage } from '../../../certs/message.ts';
import {
  checkDigest,
  checkKey,
  checkSignature,
  checkTime,
  readSignature,
  signedHeaders,
} from '../../../certs/signatures/index.ts';
import { Problem } from '../../../terms/problem.ts';
import type { CheckFinding } from '../verb.ts';
import { followed, type ClientCase, type Ending } from './clientCases.ts';
import { makeReply, usualBody, type FinishedReply } from './makeReply.ts';
import { makeScene, type Scene } from './scene.ts';

/** Exit codes of a client, as the examples have them. */
const endingOf: Readonly<Record<number, Ending>> = {
  0: 'answered',
  1: 'refused',
  2: 'unconnected',
  3: 'unsigned',
  5: 'rejected',
};
const purpose = { purpose: 'conformance' };
const usualQuestion = '{"filter":[]}';
/** Milliseconds after which a silent client counts as failed. */
const patience = 60_000;

export interface PlayOptions {
  /** a shell line that runs the client; the arguments of a case are appended */
  readonly command: string;
  readonly cases: readonly ClientCase[];
  /** clients that run at the same time */
  readonly atOnce: number;
  /** called after each case */
  readonly onPlayed?: (played: Played) => void;
}

export interface Played {
  readonly name: string;
  readonly findings: readonly CheckFinding[];
}

/** Requests that arrived at the hub of the trial. */
interface Arrived {
  readonly message: RequestMessage;
  readonly fault: Problem | undefined;
}

interface Trial {
  readonly scene: Scene;
  readonly folder: string;
  readonly command: string;
  readonly origins: Readonly<Record<keyof Scene['servers'], string>>;
  readonly arrived: Map<string, Arrived[]>;
  readonly nonces: Set<string>;
  readonly cases: ReadonlyMap<string, ClientCase>;
}

/** Every case with the errors of the client, in the order of the cases. */
export async function playClient({
  command,
  cases,
  atOnce,
  onPlayed,
}: PlayOptions): Promise<readonly Played[]> {
  const folder = mkdtempSync(join(tmpdir(), 'datong-conformance-'));
  const servers: Server[] = [];
  try {
    const scene = await makeScene(folder, Date.now());
    const arrived = new Map<string, Arrived[]>();
    const byName = new Map(cases.map((one) => [one.name, one]));
    const origins = { good: '', stranger: '', elsewhere: '' };
    const trial: Trial = { scene, folder, command, origins, arrived, nonces: new Set(), cases: byName };
    for (const name of ['good', 'stranger', 'elsewhere'] as const) {
      const options = { ...scene.servers[name], ca: scene.root, requestCert: true, rejectUnauthorized: true };
      const server = createServer(options, (request, response) => void serve(trial, request, response));
      servers.push(server);
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      origins[name] = `https://localhost:${(server.address() as AddressInfo).port}`;
    }
    const played: Played[] = [];
    const waiting = cases.entries();
    const player = async (): Promise<void> => {
      for (const [index, one] of waiting) {
        const findings = await play(trial, one);
        played[index] = { name: one.name, findings };
        onPlayed?.(played[index]);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, player));
    return played;
  } finally {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

async function serve(trial: Trial, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    return; // the client went away in the middle of its request
  }
  const { method = '', url = '', rawHeaders } = request;
  const message = {
    method,
    targetUri: `${trial.origins.good}${url}`,
    rawHeaders,
    body: Buffer.concat(chunks),
  };
  const name = /conformance\.([a-z-]+)/.exec(url)?.[1] ?? '';
  const one = trial.cases.get(name);
  const fault = faultOf(trial, message);
  trial.arrived.set(name, [...(trial.arrived.get(name) ?? []), { message, fault }]);
  if (one === undefined || fault !== undefined) {
    response.writeHead(fault?.status ?? 404).end();
    return;
  }
  write(response, makeReply(trial.scene, message, one.twist, Date.now()), one.twist.cut);
}

function write(response: ServerResponse, { status, headers, body }: FinishedReply, cut?: true): void {
  for (const [header, value] of headers) response.setHeader(header, value);
  response.writeHead(status, { 'content-length': body.length });
  if (cut === true) response.write(body.subarray(0, body.length / 2), () => response.destroy());
  else response.end(body);
}

/** The error of a request, as the code of the hub's refusal. */
function faultOf({ scene, nonces }: Trial, message: RequestMessage): Problem | undefined {
  try {
    const signature = readSignature(message);
    checkTime(signature, Date.now());
    const key = checkKey(
      signature,
      signature.keyid === scene.department.keyid ? scene.department : undefined,
    );
    checkSignature(signature, message, key);
    checkDigest(signature, message);
    if (nonces.has(signature.nonce)) return new Problem('nonce_replayed');
    nonces.add(signature.nonce);
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

interface Ended {
  readonly ending: Ending | undefined;
  readonly exit: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

async function play(trial: Trial, one: ClientCase): Promise<readonly CheckFinding[]> {
  const { name, ask = {}, server = 'good' } = one;
  const { method = 'POST', body = usualQuestion, more = '', signed = purpose } = ask;
  const path = `/v1/datasets/conformance.${name}/query${more}`;
  const words = [trial.origins[server], trial.folder, method, path, body];
  for (const [header, value] of Object.entries(signed)) words.push(`${header}=${value}`);
  const ended = await run(trial.command, words);
  const findings = requestFindings(trial, one, { method, path, body, signed }, ended);
  return findings.length > 0 ? findings : endingFindings(one, ended);
}

const findingOf = ({ name, rule }: ClientCase, code: string, zh: string, en: string): CheckFinding => ({
  code,
  path: name,
  message: { zh: `${rule.zh}：${zh}`, en: `${rule.en}: ${en}` },
});

/** What is wrong with the requests that arrived. */
function requestFindings(
  { arrived }: Trial,
  one: ClientCase,
  requested: Requested,
  { exit, stderr }: Ended,
): readonly CheckFinding[] {
  const requests = arrived.get(one.name) ?? [];
  const findings: CheckFinding[] = [];
  const report = (code: string, zh: string, en: string): void => {
    findings.push(findingOf(one, code, zh, en));
  };
  for (const { message, fault } of requests) {
    if (fault !== undefined) report(fault.code, `请求${fault.text.zh}`, `its request: ${fault.text.en}`);
    else if (!isAsRequested(message, requested))
      report(
        'request_differs',
        '发出的请求不是所要求的',
        'the request differs from the one that the case names',
      );
  }
  const isTrusted = (one.server ?? 'good') === 'good';
  if (isTrusted && requests.length === 0)
    report(
      'request_absent',
      `没有请求到达（退出码 ${exit ?? '无'}）${stderr}`,
      `no request arrived (exit ${exit ?? 'none'}) ${stderr}`,
    );
  if (!isTrusted && requests.length > 0)
    report('request_sent', '请求发给了不该信任的服务器', 'the request was sent to an untrusted server');
  if (one.name === 'redirect' && arrived.has(followed.slice('conformance.'.length)))
    report('redirect_followed', '请求又发往别处', 'the client followed the redirect');
  return findings;
}

/** What is wrong with the exit code and the output. */
function endingFindings(one: ClientCase, { ending, exit, stdout, stderr }: Ended): readonly CheckFinding[] {
  const { endings, twist } = one;
  if (ending === undefined || !endings.includes(ending))
    return [
      findingOf(
        one,
        'ending_wrong',
        `应以退出码 ${exits(endings)} 结束，实为 ${exit ?? '无'} ${stderr}`,
        `expected exit code ${exits(endings)}, got ${exit ?? 'none'} ${stderr}`,
      ),
    ];
  const shown = ending === 'answered' || ending === 'refused' ? (twist.body ?? usualBody) : '';
  if (stdout.replace(/\r?\n$/, '') !== shown)
    return [
      findingOf(
        one,
        'output_wrong',
        '标准输出应只有核验过的正文',
        'stdout must contain the verified body and nothing else',
      ),
    ];
  return [];
}

const exits = (endings: readonly Ending[]): string =>
  Object.entries(endingOf)
    .filter(([, ending]) => endings.includes(ending))
    .map(([code]) => code)
    .join('/');

interface Requested {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly signed: Readonly<Record<string, string>>;
}

function isAsRequested(message: RequestMessage, { method, path, body, signed }: Requested): boolean {
  const sent = signedHeaders(readSignature(message).headers);
  return (
    message.method === method &&
    message.targetUri.endsWith(path) &&
    Buffer.from(message.body).equals(Buffer.from(body, 'utf8')) &&
    Object.keys(sent).length === Object.keys(signed).length &&
    Object.entries(signed).every(([name, value]) => sent[name] === value)
  );
}

/** The words of a case follow the command as separate arguments: the shell never parses them. */
function run(command: string, words: readonly string[]): Promise<Ended> {
  return new Promise((done) => {
    const options = { encoding: 'utf8', timeout: patience, maxBuffer: 1 << 24 } as const;
    const child = execFile(
      '/bin/sh',
      ['-c', `${command} "$@"`, 'client', ...words],
      options,
      (_, stdout, stderr) => {
        const exit = child.exitCode ?? undefined;
        const reported = stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
        done({ ending: exit === undefined ? undefined : endingOf[exit], exit, stdout, stderr: reported });
      },
    );
    child.stdin?.end();
  });
}
