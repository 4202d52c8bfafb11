import { existsSync } from 'node:fs';
import { sharedDocumentByShortName, sharedNames } from '../../../machine/shippedSchemas.ts';
import { surroundingsWith } from '../../../machine/surroundings.ts';
import type { Surroundings } from '../../../schemas/surroundings.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import { readJsonFile, referenceFiles } from './files.ts';

/** What a schema may refer to: documents in the files given by --with, then what ships. */
export function surroundingsOf(paths: readonly string[]): Surroundings {
  return surroundingsWith([], referenceFiles(paths));
}

/** A schema document by the short name of a shipped one (`household@1`) or from a file. */
export function readSchemaArgument(argument: string): unknown {
  if ((sharedNames as readonly string[]).includes(argument)) return sharedDocumentByShortName(argument);
  if (/^[a-z0-9-]+@\d+$/.test(argument) && !existsSync(argument)) {
    const shipped = sharedNames.join(', ');
    throw new VerbFailure(
      exitCode.local,
      { zh: `没有名为 ${argument} 的标准`, en: `there is no schema named ${argument}` },
      { zh: `随附的标准：${shipped}；也可以给出文件`, en: `shipped are ${shipped}; or name a file` },
    );
  }
  return readJsonFile(argument);
}
