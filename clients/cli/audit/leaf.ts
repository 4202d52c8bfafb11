/** `datong audit leaf`: decodes log entries from database rows on this machine, for a person who has SQL access only. */
import type { Command } from 'commander';
import { leafHash } from '../../../log/hash.ts';
import { parseLeaf } from '../../../log/parseLeaf.ts';
import { unpackLeaf } from '../../../log/packing/unpackLeaf.ts';
import { Problem } from '../../../terms/problem.ts';
import { linesOf } from '../linesOf.ts';
import { writeFileContent } from '../output.ts';
import { exitCode, talk, VerbFailure } from '../verb.ts';

interface LeafOptions {
  readonly hash?: boolean;
}

export function registerLeaf(audit: Command): void {
  audit
    .command('leaf')
    .description(
      '读出数据库列 audit_entry.leaf 中的条目原文 / read entries as the database holds them in audit_entry.leaf',
    )
    .argument(
      '[hex...]',
      '列 leaf 的值，同 psql 的写法 \\x…；不给则逐行读标准输入 / values of the column as psql shows them, \\x…; without any, lines of standard input',
    )
    .option(
      '--hash',
      '在前面给出条目的哈希，应与列 hash 相同 / put the hash of each ahead of it, which the column hash must hold',
    )
    .addHelpText(
      'after',
      '\nExample:\n  psql datong -Atc "SELECT leaf FROM audit_entry WHERE idx = 4711" | datong audit leaf',
    )
    .action(run);
}

async function run(given: readonly string[], { hash }: LeafOptions): Promise<void> {
  let line = 0;
  let unread = 0;
  for await (const text of given.length > 0 ? given : linesOf(process.stdin)) {
    line += 1;
    const stored = storedIn(text.trim());
    const leaf = stored === undefined ? undefined : leafIn(stored);
    if (leaf !== undefined) {
      const text = Buffer.from(leaf).toString('utf8');
      const head = hash === true ? `\\x${Buffer.from(leafHash(leaf)).toString('hex')} ` : '';
      await writeFileContent(`${head}${text}\n`);
      continue;
    }
    // the bytes after it are read all the same: altered bytes cost only their own entry
    unread += 1;
    talk(
      stored === undefined
        ? {
            zh: `第 ${line} 个值不是 psql 显示的 bytea（\\x…，bytea_output = hex）`,
            en: `value ${line} is not bytea as psql shows it (\\x…, bytea_output = hex)`,
          }
        : {
            zh: `第 ${line} 个值不是日志条目：已被改动或不完整`,
            en: `value ${line} is no entry of the log: it was altered, or is not whole`,
          },
    );
  }
  if (line === 0)
    throw new VerbFailure(exitCode.usage, {
      zh: '没有给出任何值：数据库中可能没有这一行',
      en: 'no value was given: the database may have no such row',
    });
  if (unread > 0)
    throw new VerbFailure(exitCode.verification, {
      zh: `${line} 个值中有 ${unread} 个读不出`,
      en: `${unread} of ${line} values could not be read`,
    });
}

/** The bytes of a value of the column; undefined where it is not written as bytes are. */
function storedIn(text: string): Uint8Array | undefined {
  const digits = /^(?:\\x)?((?:[0-9a-fA-F]{2})*)$/.exec(text)?.[1];
  return digits === undefined || text === '' ? undefined : Buffer.from(digits, 'hex');
}

/** The leaf in a row's value; undefined where it is none. */
function leafIn(stored: Uint8Array): Uint8Array | undefined {
  const leaf = unpackLeaf(stored) ?? stored;
  try {
    parseLeaf(leaf);
    return leaf;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
