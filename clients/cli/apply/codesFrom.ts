/** The entries of a code list from the CSV file that an office keeps it in. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readCodeListCsv } from '../../../schemas/codelists/readCodeListCsv.ts';
import { exitCode, say, VerbFailure } from '../verb.ts';
import type { AppliedDocument } from './readDocuments.ts';

const mostTold = 20;

/**
 * The members of a CodeList as the hub takes them: `file` (beside this document; UTF-8 or GB18030) becomes `entries`. Codes that the file
 * marks as revoked were in force up to `revokedTo`; without that day they are refused, as are doubled codes and rows without a name.
 * @throws VerbFailure (exit 4) with the lines; the file system's error for a missing file
 */
export function codeListMembers({ members, file, line }: AppliedDocument): Readonly<Record<string, unknown>> {
  const { file: named, revokedTo, ...rest } = members;
  if (named === undefined && revokedTo === undefined) return members;
  if (typeof named !== 'string' || Object.hasOwn(rest, 'entries'))
    throw new VerbFailure(exitCode.local, {
      zh: `${file}:${line} 的 CodeList 需要 file 或 entries 之一；revokedTo 只与 file 同用`,
      en: `${file}:${line}: a CodeList has either file or entries; revokedTo goes with file alone`,
    });
  const path = resolve(dirname(file), named);
  const { list, findings } = readCodeListCsv(readFileSync(path), {
    id: '',
    version: '',
    title: { zh: '', en: '' },
    ...(typeof revokedTo === 'string' ? { revokedTo } : {}),
  });
  const refused = findings.filter(({ code }) => code !== 'code_revoked' || typeof revokedTo !== 'string');
  if (refused.length > 0 || list.entries.length === 0)
    throw new VerbFailure(
      exitCode.local,
      {
        zh: `${named} 不能作为代码表：${refused.length} 处有误`,
        en: `${named} cannot be taken as a code list: ${refused.length} findings`,
      },
      {
        zh: '请改正这些行；已撤销的代码需写明 revokedTo（最后有效日）',
        en: 'mend these lines; for revoked codes say revokedTo, the last day on which they were in force',
      },
      refused
        .slice(0, mostTold)
        .map((one) => `${named}:${one.line}: ${one.value} ${say(one.message)}`.replace('  ', ' ')),
    );
  return { ...rest, entries: list.entries };
}
