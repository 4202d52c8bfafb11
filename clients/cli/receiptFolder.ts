import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { exitCode, VerbFailure } from './verb.ts';

/** Files of one exchange. */
export interface KeptFiles {
  readonly receipt: string;
  readonly request?: string | undefined;
  readonly reply?: string | undefined;
}

/**
 * The exchanges of a folder that `--save` filled, or the one of a folder that it made; a file stands for itself.
 * @throws VerbFailure (exit 4) for a folder without receipts, exit 2 where request or reply of a folder are named beside it
 */
export function keptFiles(
  path: string,
  named: Omit<KeptFiles, 'receipt'> & { readonly signingKey?: string | undefined },
): readonly [KeptFiles, ...KeptFiles[]] {
  const { request, reply, signingKey } = named;
  if (!statSync(path).isDirectory()) return [{ receipt: path, request, reply }];
  if ([request, reply, signingKey].some((one) => one !== undefined)) {
    throw new VerbFailure(exitCode.usage, {
      zh: '核验文件夹时不能再加 --request、--reply、--signing-key',
      en: 'a folder holds its own request and reply: no --request, --reply or --signing-key beside it',
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

function filesIn(folder: string): readonly KeptFiles[] {
  const receipt = join(folder, 'receipt.json');
  if (!existsSync(receipt)) return [];
  const beside = (name: string): string | undefined =>
    existsSync(join(folder, name)) ? join(folder, name) : undefined;
  return [{ receipt, request: beside('request.http'), reply: beside('reply.http') }];
}
