/** `datong policy check FILE`: checks an agreement or a restriction against the hub's schemas and restrictions, before it is signed. */
import type { Command } from 'commander';
import { applyDocuments, type Applied } from '../apply/applyDocuments.ts';
import { printApplied } from '../apply/apply.ts';
import { readDocuments } from '../apply/readDocuments.ts';
import { staffClient } from '../apply/staffCall.ts';
import { openStaffAccess, withStaffToken, type StaffOptions } from '../profile.ts';
import { exitCode, VerbFailure } from '../verb.ts';

export function registerCheck(policy: Command): void {
  withStaffToken(
    policy
      .command('check')
      .description(
        '签署之前，按枢纽的标准与管控规则完整检查协议 / check an agreement whole, by the schemas and restrictions of the hub, before it is signed',
      )
      .argument('<file...>', 'agreements and restrictions (YAML)'),
  )
    .option('--json', 'one JSON object a document')
    .addHelpText('after', '\nExample:\n  datong policy check agreement.yaml --as operator\n')
    .action(async (files: readonly string[], options: StaffOptions & { readonly json?: boolean }) => {
      await checkAgreements(files, options, (one) => printApplied(one, options.json === true));
    });
}

/** @throws VerbFailure for a file without an agreement */
async function checkAgreements(
  files: readonly string[],
  options: StaffOptions,
  onApplied: (one: Applied) => void,
): Promise<void> {
  const documents = files
    .flatMap(readDocuments)
    .filter(({ kind }) => kind === 'Agreement' || kind === 'Restriction');
  if (documents.length === 0)
    throw new VerbFailure(exitCode.local, {
      zh: `${files.join('、')} 中没有共享协议或管控规则`,
      en: `${files.join(', ')} holds no agreement and no restriction`,
    });
  const client = staffClient(openStaffAccess(options, 'operator'));
  try {
    const checked = await applyDocuments(documents, { client, signers: [], checkOnly: true, onApplied });
    if (checked.some(({ outcome }) => outcome === 'refused')) process.exitCode = exitCode.refused;
  } finally {
    client.close();
  }
}
