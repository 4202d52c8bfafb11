import type { Filling } from './bilingual.ts';
import { Problem } from './problem.ts';

/** Version of the formats of stored files, their member `v`. A release that writes a file which this one could misread writes a higher one. */
export const formatVersion = 1;

/**
 * Refuses a file that a later release made, or whose version is none. Called before its other members are read.
 * @param content as parsed; without `v` it is of a release before versions were written, and is read
 * @throws Problem made_by_later_release, format_version_malformed
 */
export function refuseLaterVersion(content: unknown, file: Filling): void {
  if (typeof content !== 'object' || content === null) return;
  const { v: version } = content as { readonly v?: unknown };
  if (version === undefined || version === formatVersion) return;
  const isLater = typeof version === 'number' && Number.isInteger(version) && version > formatVersion;
  if (!isLater) throw new Problem('format_version_malformed', { file });
  throw new Problem('made_by_later_release', { file, version: String(version), known: formatVersion });
}

/** Whether a reader was refused by it: no other fault of the file is then reported. */
export const isRefusedVersion = (error: unknown): error is Problem =>
  error instanceof Problem && ['made_by_later_release', 'format_version_malformed'].includes(error.code);
