/** `datong client signature verify MESSAGE --key JWK`: the signature of a raw HTTP/1.1 message, without any hub. */
import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import type { RequestMessage } from '../../certs/message.ts';
import { readAnySignatures, verifyAnySignature } from '../../certs/signatures/anySignature.ts';
import {
  checkDigest,
  checkKey,
  checkSignature,
  checkTime,
  compareBases,
  type HttpMessage,
  parseHttpMessage,
  readSignature,
  requestBase,
  type VerificationKey,
  verifyReply,
} from '../../certs/signatures/index.ts';
import { Problem } from '../../terms/problem.ts';
import { readBounded } from './boundedFile.ts';
import { maxMessageLength } from './audit/storedMessages.ts';
import { readVerificationKeys } from './verificationKeys.ts';
import { writeFileContent } from './output.ts';
import { type CheckFinding, data, exitCode, talk, VerbFailure } from './verb.ts';
import { defined } from '../../terms/defined.ts';

interface VerifyOptions {
  readonly key: string;
  readonly request?: string;
  readonly anyProfile?: boolean;
  readonly origin?: string;
  readonly base?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('signature')
    .description('HTTP 报文签名（RFC 9421） / HTTP message signatures (RFC 9421)')
    .command('verify')
    .description(
      '核验文件中报文的签名，并输出签名基 / verify the signature of a message in a file and print its signature base',
    )
    .argument('<message>', 'raw HTTP/1.1 message: start line, headers, empty line, body')
    .requiredOption('--key <key>', 'public key: JWK, JWK set or PEM, as text or a file')
    .option('--request <file>', 'the request that the message, a reply, answers')
    .option('--any-profile', 'any RFC 9421 signature, not only datong-sig-1')
    .option('--origin <url>', 'public origin of the hub (default: https:// and the Host of the request)')
    .option('--base <file>', 'signature base made by your own code: shows the first byte that differs')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ datong client signature verify request.http --key signing.jwk
  $ datong client signature verify reply.http --key hub-jwks.json --request request.http
  $ datong client signature verify other.http --key key.pem --any-profile`,
    )
    .action((message: string, options: VerifyOptions) => run(message, options));
}

async function run(file: string, options: VerifyOptions): Promise<void> {
  const keys = readVerificationKeys(options.key);
  const message = parseHttpMessage(readBounded(file, maxMessageLength), options.origin);
  const request = options.request === undefined ? undefined : readRequest(options.request, options.origin);
  const { base, findings } = check(message, request, keys, options);
  const difference =
    options.base === undefined ? undefined : compareBases(base ?? '', readFileSync(options.base, 'latin1'));
  const ok = findings.length === 0 && difference === undefined;
  if (options.json === true) {
    const digest = base === undefined ? undefined : createHash('sha256').update(base, 'latin1').digest('hex');
    data(JSON.stringify({ ok, findings, base, baseSha256: digest, difference }));
  } else {
    if (base !== undefined) await writeFileContent(`${base}\n`);
    for (const { code, message: text } of findings)
      talk({ zh: `✗ ${text.zh}（${code}）`, en: `✗ ${text.en} (${code})` });
    if (difference !== undefined) {
      const { line, column, hint, expected, received } = difference;
      talk({
        zh: `✗ 基串在第 ${line} 行第 ${column} 列起不同：${hint.zh}`,
        en: `✗ the bases differ from line ${line}, column ${column}: ${hint.en}`,
      });
      talk(`  - ${received}\n  + ${expected}`);
    }
    if (ok) talk({ zh: '✓ 签名成立', en: '✓ the signature holds' });
  }
  process.exitCode = ok ? exitCode.ok : exitCode.verification;
}

interface Checked {
  readonly base: string | undefined;
  readonly findings: readonly CheckFinding[];
}

function check(
  message: HttpMessage,
  request: RequestMessage | undefined,
  keys: readonly VerificationKey[],
  options: VerifyOptions,
): Checked {
  if (options.anyProfile === true) return anyProfile(message, request, keys);
  if (message.kind === 'request') return profileRequest(message.message, keys);
  if (request === undefined) {
    throw new VerbFailure(
      exitCode.usage,
      {
        zh: '答复的签名绑定到请求：需要 --request',
        en: 'a reply is bound to its request: --request is needed',
      },
      { zh: '加上 --request 请求文件', en: 'add --request FILE' },
    );
  }
  const { message: reply } = message;
  const [first] = attempt(() => readAnySignatures(message, request), []).value;
  const findings = attempt(() => verifyReply(reply, { request, lookupKey: byKeyid(keys) })).findings;
  return { base: first?.base, findings };
}

/** Verifies every stage except the clock: a stored message is verified long after it expired. */
function profileRequest(message: RequestMessage, keys: readonly VerificationKey[]): Checked {
  const read = attempt(() => readSignature(message));
  const signature = read.value;
  if (signature === undefined) return { base: undefined, findings: read.findings };
  const stages = [
    attempt(() => checkTime(signature, signature.created * 1000)),
    attempt(() => checkSignature(signature, message, checkKey(signature, byKeyid(keys)(signature.keyid)))),
    attempt(() => checkDigest(signature, message)),
  ];
  const base = attempt(() => requestBase(signature, message));
  return { base: base.value, findings: stages.flatMap(({ findings }) => findings) };
}

function anyProfile(
  message: HttpMessage,
  request: RequestMessage | undefined,
  keys: readonly VerificationKey[],
): Checked {
  const { value, findings } = attempt(() => readAnySignatures(message, request));
  const bases = value?.map(({ base }) => base).join('\n\n');
  if (value === undefined) return { base: bases, findings };
  const holds = value.some((signature) => keys.some((key) => verifyAnySignature(signature, key)));
  return { base: bases, findings: holds ? [] : [findingOf(new Problem('signature_invalid'))] };
}

/** A refusal of a check becomes a finding. */
function attempt<T>(action: () => T): {
  readonly value: T | undefined;
  readonly findings: readonly CheckFinding[];
};
function attempt<T>(
  action: () => T,
  otherwise: T,
): { readonly value: T; readonly findings: readonly CheckFinding[] };
function attempt<T>(
  action: () => T,
  otherwise?: T,
): { readonly value: T | undefined; readonly findings: readonly CheckFinding[] } {
  try {
    return { value: action(), findings: [] };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { value: otherwise, findings: [findingOf(error)] };
  }
}

function findingOf({ code, text, extras }: Problem): CheckFinding {
  const { expected, received, at } = extras;
  const more = [
    expected === undefined ? '' : `expected ${expected}`,
    received === undefined ? '' : `received ${received}`,
  ].filter((part) => part !== '');
  const tail = more.length === 0 ? '' : `; ${more.join(', ')}`;
  return {
    code,
    ...defined({ path: at }),
    message: { zh: `${text.zh}${tail}`, en: `${text.en}${tail}` },
  };
}

const byKeyid =
  (keys: readonly VerificationKey[]) =>
  (keyid: string): VerificationKey | undefined =>
    keys.find((key) => key.keyid === keyid);

function readRequest(file: string, origin: string | undefined): RequestMessage {
  const parsed = parseHttpMessage(readBounded(file, maxMessageLength), origin);
  if (parsed.kind === 'request') return parsed.message;
  throw new Problem('message_malformed', { reason: { zh: `${file} 是答复`, en: `${file} holds a reply` } });
}
