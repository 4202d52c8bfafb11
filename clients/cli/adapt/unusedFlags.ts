/** Options of `datong batch adapt` that would change nothing next to the others: they are refused, not ignored. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import { exitCode, VerbFailure } from '../verb.ts';

export interface GivenFlags {
  readonly mapping?: string;
  readonly schema?: string;
  readonly codeLists?: string;
  readonly problems?: string;
  readonly memo?: string;
  readonly preview?: boolean;
  /** absent where neither --strict nor --no-strict is given */
  readonly strict?: boolean;
}

type Flag = '--schema' | '--code-lists' | '--memo' | '--problems' | '--strict' | '--no-strict';
type Unused = readonly [flag: Flag, isUnused: boolean, why: Bilingual];

const why = {
  mapping: {
    zh: '它只与 --mapping 同用：没有映射的记录按文件原样输出',
    en: 'it is used with --mapping only: without one, records are written as they are in the file',
  },
  preview: {
    zh: '--preview 只显示开头的几条记录，不报告问题，也不处理存疑',
    en: '--preview shows the first records only; it reports no problems and decides on no doubts',
  },
  ignored: {
    zh: '读取选项 memo 为 ignore：不读备注',
    en: 'the reader option memo is ignore: memos are left out',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;

/**
 * @param format of the file @param options of its reader, with defaults or without
 * @throws VerbFailure (exit 2) for the first option that changes nothing
 */
export function refuseUnusedFlags(flags: GivenFlags, format: string, options: unknown): void {
  const { mapping, schema, codeLists, memo, preview, problems, strict } = flags;
  const isMapped = mapping !== undefined;
  const isPreview = preview === true;
  const hasMemo = memo !== undefined;
  const unused: readonly Unused[] = [
    ['--schema', schema !== undefined && !isMapped, why.mapping],
    ['--code-lists', codeLists !== undefined && !isMapped, why.mapping],
    ['--memo', hasMemo && format !== 'dbf', onlyForDbf(format)],
    ['--memo', hasMemo && (Object(options) as { memo?: unknown }).memo === 'ignore', why.ignored],
    ['--problems', problems !== undefined && isPreview, why.preview],
    ['--strict', strict === true && isPreview, why.preview],
    ['--no-strict', strict === false && isPreview, why.preview],
  ];
  for (const [flag, isUnused, reason] of unused) if (isUnused) throw refusal(flag, reason);
}

const onlyForDbf = (format: string): Bilingual => ({
  zh: `备注文件只属于 DBF，该文件按 ${format} 读取`,
  en: `only a DBF has a memo file, and this file is read as ${format}`,
});

const refusal = (flag: Flag, { zh, en }: Bilingual): VerbFailure =>
  new VerbFailure(
    exitCode.usage,
    { zh: `${flag} 在此不起作用：${zh}`, en: `${flag} has no effect here: ${en}` },
    { zh: `去掉 ${flag}，或改正其他选项`, en: `leave ${flag} out, or correct the other options` },
  );
