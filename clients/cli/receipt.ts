/** `datong receipt verify`: a receipt against the anchors, and against the request and reply it is about. No hub is asked. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parseAnchors } from '../../log/anchors.ts';
import { verifyReceipt, type ReceiptCheck } from '../../log/receipt/verifyReceipt.ts';
import { keptReply, keptRequest } from './audit/keptMessages.ts';
import { exitCode, reportFindings } from './verb.ts';

interface VerifyOptions {
  readonly anchors: string;
  readonly reply?: string;
  readonly request?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  const receipt = program
    .command('receipt')
    .description('回执：证明某次交换已在日志中 / receipts: the proof that an exchange stands in the log');
  receipt
    .command('verify')
    .description(
      '不依靠枢纽核验回执：请求与答复 → 日志条目 → 日志 → 日志公钥 / check a receipt without the hub: request and reply → entry → log → its key',
    )
    .argument('<file>', 'the datong-receipt header as it came, or the receipt as JSON')
    .requiredOption('--anchors <file>', "the hub's anchors.json")
    .option('--reply <file>', 'reply it is about: a raw HTTP message, or the body alone')
    .option('--request <file>', 'request it is about: a raw HTTP message with its signature')
    .option('--json', 'answer {ok, findings} as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 it holds, 5 it does not, 4 a file cannot be read.' +
        '\n\nExamples:\n  datong receipt verify receipt.json --anchors anchors.json' +
        '\n  datong receipt verify receipt.json --anchors anchors.json --request request.http --reply reply.http',
    )
    .action(verify);
}

function verify(file: string, options: VerifyOptions): void {
  const anchors = parseAnchors(readFileSync(options.anchors, 'utf8'));
  const check = verifyReceipt(readFileSync(file, 'utf8'), {
    anchors,
    ...(options.reply === undefined ? {} : keptReply(readFileSync(options.reply))),
    ...(options.request === undefined ? {} : keptRequest(readFileSync(options.request))),
  });
  reportFindings(check.findings, {
    json: options.json === true,
    failure: exitCode.verification,
    passed: passed(check),
  });
}

function passed({ receipt, leaf, checkpoint }: ReceiptCheck): { zh: string; en: string } {
  const index = receipt?.proof.index ?? 0;
  const what = `${leaf?.operation ?? ''} ${leaf?.decision ?? ''}${leaf?.code === undefined ? '' : ` (${leaf.code})`}`;
  const place = `${checkpoint?.origin ?? ''}, ${checkpoint?.size ?? 0}`;
  return {
    zh: `回执成立：交换 ${receipt?.exchange ?? ''} 是日志第 ${index} 条，${what}，${leaf?.at ?? ''}（${place} 条）`,
    en: `the receipt holds: exchange ${receipt?.exchange ?? ''} is entry ${index}, ${what}, ${leaf?.at ?? ''} (${place} entries)`,
  };
}
