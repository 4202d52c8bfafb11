import { hasInexactNumber } from '../../terms/jsonText.ts';
import { VerbFailure, type ExitCode } from './verb.ts';

/** What a verb reports of a number that would be sent as another one. @param where option, file or line of a file */
export const inexactNumber = (where: string, exit: ExitCode): VerbFailure =>
  new VerbFailure(
    exit,
    {
      zh: `${where} 中有一个数无法按双精度数精确表示，会被改成另一个数`,
      en: `${where} has a number that a double cannot represent exactly: another one would be sent`,
    },
    { zh: '减少位数，或使用文本数据项', en: 'write fewer digits, or use a field of texts' },
  );

/** @param text JSON @throws VerbFailure as `inexactNumber` */
export function refuseInexact(text: string, where: string, exit: ExitCode): void {
  if (hasInexactNumber(text)) throw inexactNumber(where, exit);
}
