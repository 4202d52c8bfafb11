/**
 * `datong audit receipt verify`: verifies a receipt against the anchors, and against its request and reply. It contacts no hub, only
 * witnesses.
 */
import type { Command } from 'commander';
import { maxAnchorsLength, parseAnchors, type Anchors } from '../../log/anchors.ts';
import { verifyExchange, type ExchangeCheck } from '../../log/receipt/verifyExchange.ts';
import { calledOperation } from '../sdk/deprecation.ts';
import { readReceipt, adjacentSigningKey } from './audit/evidenceFolder.ts';
import { extentsOf } from './audit/extents.ts';
import { storedReply, storedRequest, maxMessageLength } from './audit/storedMessages.ts';
import { readBounded, readBoundedText } from './boundedFile.ts';
import { openProfile, type ProfileOptions, withProfile } from './profile.ts';
import { exitCode, reportFindings, talk, VerbFailure, data } from './verb.ts';
import { readVerificationKeys } from './verificationKeys.ts';
import { witnessedBy } from './witness/witnessedBy.ts';
import { writeFileSync, existsSync, readdirSync, statSync } from 'node:fs';
import { withClient, type ClientVerbOptions } from './withClient.ts';
import { join } from 'node:path';
import { counted } from '../../terms/counted.ts';

interface VerifyOptions extends ProfileOptions {
  readonly witness?: readonly string[];
  readonly anchors?: string;
  readonly reply?: string;
  readonly request?: string;
  readonly signingKey?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  const receipt = program
    .command('receipt')
    .description('回执：证明某次交换已在日志中 / receipts: the proof that an exchange is in the log');
  receipt
    .command('verify')
    .description(
      '不依靠枢纽核验回执：请求与答复 → 日志条目 → 日志 → 日志公钥 / check a receipt without the hub: request and reply → entry → log → its key',
    )
    .argument(
      '<file>',
      'the datong-receipt header as it came, the receipt as JSON, or a folder that --save filled',
    )
    .option('--anchors <file>', "the hub's anchors.json (default: those of the profile)")
    .option('--reply <file>', 'reply it is about: a raw HTTP message, or the body alone')
    .option('--request <file>', 'request it is about: a raw HTTP message with its signature')
    .option(
      '--signing-key <key>',
      "the department's public signing key: JWK, JWK set or PEM, as text or a file (default: signing-key.json next to the request)",
    )
    .option(
      '--witness <vkey>',
      'public key of a witness, or a file with it: the hub is asked to prove that the witness has seen this log; may be repeated',
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    )
    .option('--as <name>', 'department of the running demo whose hub is meant')
    .option(
      '--profile <name>',
      'profile that names the hub, or its file (default: ./datong.json, else the one in use)',
    )
    .option('--json', 'answer {ok, findings, parts} as JSON')
    .addHelpText(
      'after',
      '\nFor request, reply and receipt it is shown what was present and how far it was checked.' +
        '\nExit codes: 0 it holds, 5 it does not, 4 a file cannot be read.' +
        '\n\nExamples:\n  datong audit receipt verify evidence\n  datong audit receipt verify receipt.json --anchors anchors.json' +
        '\n  datong audit receipt verify receipt.json --anchors anchors.json --request request.http --reply reply.http',
    )
    .action(verify);
  registerGet(receipt);
}

async function verify(path: string, options: VerifyOptions): Promise<void> {
  const { json = false } = options;
  const anchors = anchorsOf(options);
  const [first, ...more] = storedFiles(path, options);
  if (more.length > 0) {
    verifyAll([first, ...more], anchors, options);
    return;
  }
  const check = checked(first, anchors, options.signingKey);
  const { parts, checkpoint } = check;
  const { witness } = options;
  const witnessed =
    witness === undefined || checkpoint === undefined
      ? undefined
      : await witnessedBy(witness, checkpoint, anchors.logKeys, options);
  const { findings = [], cosignatures = [], size = 0 } = witnessed ?? {};
  const witnesses = cosignatures.map(({ witness: { name }, time }) => ({
    name,
    time: new Date(time * 1000).toISOString(),
  }));
  reportFindings([...check.findings, ...findings], {
    json,
    failure: exitCode.verification,
    passed: passed(check),
    facts: { parts, ...(witnessed === undefined ? {} : { witnesses, witnessed: size }) },
  });
  if (json) return;
  talk(extentsOf(parts));
  for (const { name, time } of witnesses)
    talk({
      zh: `见证方 ${name} 于 ${time} 见证了其延续（${size} 条）`,
      en: `witness ${name} has confirmed at ${time} that the log continues it (${counted(size, 'entry', 'entries')})`,
    });
}

/** Each by itself; a finding names the receipt it is about. */
function verifyAll(
  stored: readonly StoredFiles[],
  anchors: Anchors,
  { json = false, witness, signingKey }: VerifyOptions,
): void {
  if (witness !== undefined) {
    throw new VerbFailure(exitCode.usage, {
      zh: '--witness 一次只核验一份回执',
      en: 'with --witness one receipt is verified at a time',
    });
  }
  const findings = stored.flatMap((one) =>
    checked(one, anchors, signingKey).findings.map((finding) => ({ ...finding, path: one.receipt })),
  );
  reportFindings(findings, {
    json,
    failure: exitCode.verification,
    passed: { zh: `${stored.length} 份回执全部成立`, en: `all ${stored.length} receipts hold` },
    facts: { receipts: stored.length },
  });
}

function checked(
  { receipt, request, reply }: StoredFiles,
  anchors: Anchors,
  signingKey?: string,
): ExchangeCheck {
  return verifyExchange(readReceipt(receipt).text, {
    anchors,
    operationOf: calledOperation,
    ...(reply === undefined ? {} : storedReply(readBounded(reply, maxMessageLength))),
    ...(request === undefined ? {} : storedRequest(readBounded(request, maxMessageLength))),
    ...(request === undefined ? {} : adjacentSigningKey(request)),
    ...(signingKey === undefined ? {} : { signingKeys: readVerificationKeys(signingKey) }),
  });
}

/** @throws VerbFailure (exit 2 or 4) where neither a file nor a profile has them */
function anchorsOf(options: VerifyOptions): Anchors {
  if (options.anchors !== undefined) return parseAnchors(readBoundedText(options.anchors, maxAnchorsLength));
  const { hub } = openProfile(options);
  if (hub.anchors !== undefined) return parseAnchors(hub.anchors);
  throw new VerbFailure(exitCode.usage, {
    zh: '缺少 --anchors：配置中没有锚点文件',
    en: '--anchors is missing: the profile names none',
  });
}

function passed({ receipt, leaf, checkpoint }: ExchangeCheck): { zh: string; en: string } {
  const { exchange = '', proof: { index } = { index: 0 } } = receipt ?? {};
  const { operation = '', decision, code, at = '' } = leaf ?? {};
  const { origin = '', size = 0 } = checkpoint ?? {};
  const decided = decision === 'allow' ? { zh: '允许', en: 'allow' } : { zh: '拒绝', en: 'deny' };
  const reason = code === undefined ? '' : ` (${code})`;
  return {
    zh: `回执成立：交换 ${exchange} 是日志第 ${index} 条，${operation} ${decided.zh}${reason}，${at}（${origin}, ${size} 条）`,
    en: `the receipt is valid: exchange ${exchange} is entry ${index}, ${operation} ${decided.en}${reason}, ${at} (${origin}, ${counted(size, 'entry', 'entries')})`,
  };
}

/** `datong audit receipt get EXCHANGE`: fetches the receipt of one of the department's exchanges again. */
interface GetOptions extends ClientVerbOptions {
  readonly out?: string;
}

function registerGet(receipt: Command): void {
  withProfile(
    receipt
      .command('get')
      .argument('<exchange>', 'id of one of your own exchanges')
      .description('再次取得本部门某次交换的回执 / the receipt of an exchange of your department once more'),
  )
    .option('-o, --out <file>', 'write it there instead of printing it')
    .addHelpText('after', '\nExample:\n  datong audit receipt get 0193a5b0-… -o receipt.json\n')
    .action(get);
}

async function get(exchange: string, options: GetOptions): Promise<void> {
  await withClient(options, async (client) => {
    const { json } = await client.receipt(exchange);
    const text = `${JSON.stringify(json, undefined, 2)}\n`;
    if (options.out === undefined) data(text);
    else writeFileSync(options.out, text, { mode: 0o600 });
  });
}

/** Files of one exchange. */
interface StoredFiles {
  readonly receipt: string;
  readonly request?: string | undefined;
  readonly reply?: string | undefined;
}

/**
 * The exchanges of a folder that `--save` filled, or the one of a folder that it made; a file is itself the only one.
 * @throws VerbFailure (exit 4) for a folder without receipts, exit 2 where request or reply of a folder are named in addition
 */
function storedFiles(
  path: string,
  named: Omit<StoredFiles, 'receipt'> & { readonly signingKey?: string | undefined },
): readonly [StoredFiles, ...StoredFiles[]] {
  const { request, reply, signingKey } = named;
  if (!statSync(path).isDirectory()) return [{ receipt: path, request, reply }];
  if ([request, reply, signingKey].some((one) => one !== undefined)) {
    throw new VerbFailure(exitCode.usage, {
      zh: '核验文件夹时不能再加 --request、--reply、--signing-key',
      en: 'a folder contains its own request and reply: omit --request, --reply and --signing-key',
    });
  }
  const below = readdirSync(path).sort();
  const [first, ...more] = [path, ...below.map((name) => join(path, name))].flatMap(filesIn);
  if (first !== undefined) return [first, ...more];
  throw new VerbFailure(exitCode.local, {
    zh: `${path} 中没有回执（receipt.json）`,
    en: `there is no receipt (receipt.json) in ${path}`,
  });
}

function filesIn(folder: string): readonly StoredFiles[] {
  const receipt = join(folder, 'receipt.json');
  if (!existsSync(receipt)) return [];
  const pathOf = (name: string): string | undefined =>
    existsSync(join(folder, name)) ? join(folder, name) : undefined;
  return [{ receipt, request: pathOf('request.http'), reply: pathOf('reply.http') }];
}
