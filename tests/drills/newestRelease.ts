import { execFileSync } from 'node:child_process';

/** Exit code of the upgrade drill in a repository without a release; scripts/nightly reports it. */
export const noRelease = 76;

/** The newest tag of a release (`v0.2.0`) that a repository's current commit contains; other tags do not count. */
export function newestRelease(repository: string): string | undefined {
  const command = ['describe', '--tags', '--match', 'v[0-9]*', '--abbrev=0'];
  try {
    return execFileSync('git', command, { cwd: repository, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
}
