import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { lockForProcess } from '../processLock.ts';
import { exitCode, VerbFailure } from '../verb.ts';

/**
 * Permits one bridge for a folder.
 * @returns releases it
 * @throws VerbFailure (exit 4) where another process has it
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return lockForProcess(join(folder, 'lock'), (pid) => usedByBridge(pid, folder));
}

/** Another bridge writes to the path. */
export const usedByBridge = (pid: number, path: string): VerbFailure =>
  new VerbFailure(
    exitCode.local,
    { zh: `另一个桥接（进程 ${pid}）正在使用 ${path}`, en: `another bridge (process ${pid}) uses ${path}` },
    { zh: '每个桥接使用自己的文件夹或文件', en: 'give each bridge a separate folder or file' },
  );
