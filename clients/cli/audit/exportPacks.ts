/** `datong audit export`: entries of the log with their proofs, as one pack or several. */
import { existsSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import type { PackFile } from '../../../log/pack/pack.ts';
import { defined } from '../../../terms/defined.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';
import { counted } from '../../../terms/counted.ts';

export interface PackOptions {
  readonly from?: number;
  readonly to?: number;
  readonly exchange?: readonly string[];
  readonly history?: readonly number[];
  readonly compact?: boolean;
  readonly out?: string;
}

/**
 * Writes what the options ask for to files, or one pack to standard output. A pack that has no room for all names the index from which the
 * next one continues. Each file verifies alone.
 * @param ask sends one request to the hub @throws VerbFailure
 */
export async function exportPacks(
  { out, exchange, ...options }: PackOptions,
  ask: (request: object) => Promise<unknown>,
): Promise<void> {
  if (out !== undefined) refuseOlderParts(out);
  let from = options.from;
  for (let part = 1; ; part += 1) {
    const { to, history, compact } = options;
    // chosen exchanges are all in the first pack
    const exchanges = part === 1 ? exchange : undefined;
    const pack = (await ask(defined({ from, to, exchanges, history, compact }))) as PackFile;
    const { next } = pack;
    const text = `${JSON.stringify(pack)}\n`;
    if (out === undefined) {
      if (next !== undefined)
        throw new VerbFailure(exitCode.usage, {
          zh: `条目多于一个证据包所能容纳（至第 ${next - 1} 条）：请用 -o 写成几个文件，或用 --from、--to 缩小范围`,
          en: `the entries exceed one pack, which ends at ${next - 1}: write several files with -o, or choose fewer with --from and --to`,
        });
      data(text);
      return;
    }
    const file = fileOfPart(out, part);
    writePart(file, text, part);
    const count = (pack.ranges ?? []).reduce((sum, { leaves }) => sum + leaves.length, pack.entries.length);
    talk({ zh: `已写入 ${file}：${count} 条`, en: `wrote ${file}: ${counted(count, 'entry', 'entries')}` });
    if (next === undefined) return;
    if (next <= (from ?? 0))
      throw new VerbFailure(exitCode.verification, {
        zh: `枢纽的应答不再前进（第 ${next} 条）：已写入的文件可用，但不完整`,
        en: `the hub's answers do not get beyond entry ${next}: the files written so far are valid, and incomplete`,
      });
    from = next;
  }
}

/**
 * Further files of an earlier export, `pack.2.json` and those that follow it, would be read as parts of this one, even where this one needs
 * no second file.
 * @throws VerbFailure
 */
function refuseOlderParts(file: string): void {
  const there: string[] = [];
  for (let part = 2; existsSync(fileOfPart(file, part)); part += 1) there.push(fileOfPart(file, part));
  if (there.length > 0) throw olderParts(there);
}

/**
 * The first file may replace one, because the user chose its name. The names of further files are derived: they replace none.
 * @throws VerbFailure
 */
function writePart(file: string, text: string, part: number): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: part === 1 ? 'w' : 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw olderParts([file]);
  }
}

const olderParts = (files: readonly string[]): VerbFailure =>
  new VerbFailure(
    exitCode.usage,
    {
      zh: `文件夹中已有较早导出的文件：${files.join('、')}`,
      en: `the folder has files of an earlier export: ${files.join(', ')}`,
    },
    {
      zh: '请将其移走，或另选 -o 的文件名',
      en: 'move them away, or choose another name with -o',
    },
  );

/** `pack.json`, `pack.2.json`, `pack.3.json` … */
function fileOfPart(file: string, part: number): string {
  if (part === 1) return file;
  const { dir, name, ext } = parse(file);
  return join(dir, `${name}.${part}${ext}`);
}
