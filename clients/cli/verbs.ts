/** Every verb, by the file that holds it. Only the file of the verb that was asked for is loaded, so that start-up stays short. */
import type { Command } from 'commander';
import type { Register } from './verb.ts';

const verbs: Readonly<Record<string, () => Promise<{ readonly register: Register }>>> = {
  demo: () => import('./demo/demo.ts'),
  init: () => import('./init/init.ts'),
  serve: () => import('./serve.ts'),
  login: () => import('./profiles/login.ts'),
  profiles: () => import('./profiles/profiles.ts'),
  use: () => import('./profiles/use.ts'),
  departments: () => import('./reading/departments.ts'),
  catalogue: () => import('./catalogue/catalogue.ts'),
  dataset: () => import('./dataset.ts'),
  datasets: () => import('./reading/datasets.ts'),
  schemas: () => import('./reading/schemas.ts'),
  agreements: () => import('./reading/agreements.ts'),
  batches: () => import('./reading/batches.ts'),
  certificates: () => import('./reading/certificates.ts'),
  apply: () => import('./apply/apply.ts'),
  accept: () => import('./accept/accept.ts'),
  admin: () => import('./admin/admin.ts'),
  sign: () => import('./sign/sign.ts'),
  approve: () => import('./approve/approve.ts'),
  inbox: () => import('./approve/inbox.ts'),
  object: () => import('./approve/object.ts'),
  refuse: () => import('./approve/refuse.ts'),
  withdraw: () => import('./approve/withdraw.ts'),
  request: () => import('./request/request.ts'),
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
  conformance: () => import('./conformance/conformance.ts'),
  diagnose: () => import('./diagnose.ts'),
  send: () => import('./send.ts'),
  delete: () => import('./delete.ts'),
  batch: () => import('./batch/batch.ts'),
  agent: () => import('./agent/agent.ts'),
  quarantine: () => import('./quarantine/quarantine.ts'),
  fetch: () => import('./fetch.ts'),
  explain: () => import('./explain.ts'),
  export: () => import('./export.ts'),
  aggregate: () => import('./aggregate.ts'),
  check: () => import('./check.ts'),
  consent: () => import('./consent/consent.ts'),
  duty: () => import('./duty/duty.ts'),
  subject: () => import('./subject/subject.ts'),
  witness: () => import('./witness/witness.ts'),
  logs: () => import('./logs.ts'),
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
