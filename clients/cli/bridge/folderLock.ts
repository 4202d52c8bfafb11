import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { exitCode, VerbFailure } from '../verb.ts';

/**
 * Permits one process for a folder. The lock of a dead process is taken over.
 * @returns releases it
 * @throws VerbFailure (exit 4) where another process has it
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'lock');
  for (;;) {
    try {
      const handle = openSync(file, 'wx', 0o600);
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const pid = Number(readFileSync(file, 'utf8'));
      if (pid !== process.pid && isAlive(pid)) throw taken(folder, pid);
      rmSync(file, { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const taken = (folder: string, pid: number): VerbFailure =>
  new VerbFailure(
    exitCode.local,
    {
      zh: `另一个桥接（进程 ${pid}）正在使用 ${folder}`,
      en: `another bridge (process ${pid}) uses ${folder}`,
    },
    { zh: '每个桥接使用自己的文件夹', en: 'give each bridge a separate folder' },
  );
