/** Exit codes of the command line, and the one mapping from a problem to its code. */

/** 0 ok, 1 refused or incompatible, 2 usage, 3 network or TLS, 4 local file or key, 5 verification failed. */
export const exitCode = { ok: 0, refused: 1, usage: 2, network: 3, local: 4, verification: 5 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

const usage = /^(?:configuration_invalid|port_taken)$/;
const verification =
  /^(?:reply_.*|backup_unreadable|log_(?:behind|inconsistent|entry_missing|entry_invalid|shorter))$/;
const local =
  /^(?:(?:key_store|keys|authority)_.*|key_malformed|(?:anchors|vkey|message)_malformed|state_of_other_hub|made_by_later_release|format_version_malformed|postgres_other_major|database_(?:newer|release_too_old|schema_differs|not_empty|too_old))$/;

/**
 * The exit code of a problem, found here or returned by the hub.
 * @param status HTTP status; 503 and 504 mean that the hub, its database or a provider cannot be reached now
 */
export function exitOfProblem({
  code,
  status,
}: {
  readonly code: string;
  readonly status: number;
}): ExitCode {
  if (usage.test(code)) return exitCode.usage;
  if (verification.test(code)) return exitCode.verification;
  if (local.test(code)) return exitCode.local;
  return status === 503 || status === 504 ? exitCode.network : exitCode.refused;
}
