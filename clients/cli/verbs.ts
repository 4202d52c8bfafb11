/** Every verb, by the file that holds it. Only the file of the verb that was asked for is loaded, so that start-up stays short. */
import type { Command } from 'commander';
import type { Register } from './verb.ts';

const verbs: Readonly<Record<string, () => Promise<{ readonly register: Register }>>> = {
  demo: () => import('./demo/demo.ts'),
  serve: () => import('./serve.ts'),
  apply: () => import('./apply/apply.ts'),
  admin: () => import('./admin/admin.ts'),
  adapt: () => import('./adapt/adapt.ts'),
  map: () => import('./map/map.ts'),
  enrol: () => import('./enrol/enrol.ts'),
  schema: () => import('./schema.ts'),
  policy: () => import('./policy/policy.ts'),
  mask: () => import('./mask.ts'),
  migrate: () => import('./migrate.ts'),
  backup: () => import('./backup.ts'),
  restore: () => import('./restore.ts'),
  signature: () => import('./signature.ts'),
  diagnose: () => import('./diagnose.ts'),
  send: () => import('./send.ts'),
  fetch: () => import('./fetch.ts'),
  receipt: () => import('./receipt.ts'),
  audit: () => import('./audit/audit.ts'),
};

/** Registers the verb named on the command line, or all of them where none is named (help). */
export async function registerVerbs(
  program: Command,
  argv: readonly string[] = process.argv.slice(2),
): Promise<void> {
  const named = argv.find((word) => Object.hasOwn(verbs, word));
  const wanted = named === undefined ? Object.values(verbs) : [verbs[named]];
  for (const load of wanted) if (load !== undefined) (await load()).register(program);
}
