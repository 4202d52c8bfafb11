import { closeSync, fsyncSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from './writeNew.ts';

/**
 * Gives a complete file its name, in place of a file that exists. Content and name are on the disk before this returns: a power cut leaves
 * the former file or the whole new one. Where the folder cannot be opened for that, the name is as durable as the file system makes it.
 * @throws Error of the file system
 */
export function renameDurably(draft: string, file: string): void {
  // Windows writes through a handle for writing only; a file may be readable only
  const handle = openSync(draft, process.platform === 'win32' ? 'r+' : 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(draft, file);
  syncFolder(dirname(file));
}
