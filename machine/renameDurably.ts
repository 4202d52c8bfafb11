import { renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFile, syncFolder } from './writeNew.ts';

/**
 * Gives a complete file its name, in place of a file that exists. Content and name are on the disk before this returns: a power cut leaves
 * the former file or the whole new one. Where the folder cannot be opened for that, the name is as durable as the file system makes it.
 * @throws Error of the file system
 */
export function renameDurably(draft: string, file: string): void {
  syncFile(draft);
  renameSync(draft, file);
  syncFolder(dirname(file));
}
