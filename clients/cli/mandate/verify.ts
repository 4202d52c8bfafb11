/**
 * `datong policy mandate verify`: verifies signatures by mandate of a document, from the hub's records and the department's public key
 * alone.
 */
import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import { covers } from '../../../certs/mandates/mandate.ts';
import { openMandate } from '../../../certs/mandates/openMandate.ts';
import { evidenceIn, faultOfPasskey } from '../../../certs/mandates/passkeySignature.ts';
import type { VerificationKey } from '../../../certs/signatures/index.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';
import type { PolicyDocumentView } from '../../sdk/listTypes.ts';
import { readBoundedText } from '../boundedFile.ts';
import { readVerificationKeys } from '../verificationKeys.ts';
import { data, exitCode, talk, VerbFailure, type CheckFinding } from '../verb.ts';

export function registerVerify(mandate: Command): void {
  mandate
    .command('verify')
    .description('离线核验凭授权书作出的签名 / verify signatures by mandate, without any hub')
    .argument('<file>', 'what datong review approve ID --json wrote')
    .requiredOption('--key <key>', 'public key: JWK, JWK set or PEM, as text or a file')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong review approve agr-school-enrolment --json > shown.json\n  $ datong policy mandate verify shown.json --key pub-security.jwk',
    )
    .action(verify);
}

async function verify(
  file: string,
  options: { readonly key: string; readonly json?: boolean },
): Promise<void> {
  const keys = readVerificationKeys(options.key);
  const view = viewIn(file);
  const made = view.signatures.filter(({ artefact }) => artefact !== undefined);
  const findings: CheckFinding[] = [];
  if (made.length === 0)
    findings.push({
      code: 'mandate_refused',
      message: { zh: '没有凭授权书的签名', en: 'no signature by mandate' },
    });
  for (const [index, signature] of made.entries()) {
    const message = await faultOf(signature, view, keys);
    if (message !== undefined)
      findings.push({ code: 'mandate_refused', path: `/signatures/${index}`, message });
  }
  const ok = findings.length === 0;
  if (options.json === true) data(JSON.stringify({ ok, findings, signatures: made.length }));
  for (const { message } of findings) talk({ zh: `✗ ${message.zh}`, en: `✗ ${message.en}` });
  if (ok) talk({ zh: `✓ ${made.length} 个签名成立`, en: `✓ signatures that hold: ${made.length}` });
  process.exitCode = ok ? exitCode.ok : exitCode.verification;
}

/** The fault of a signature; undefined where it is valid. */
async function faultOf(
  { artefact = '', evidence, role, department }: PolicyDocumentView['signatures'][number],
  view: PolicyDocumentView,
  keys: readonly VerificationKey[],
): Promise<Bilingual | undefined> {
  const retained = evidenceIn(evidence);
  if (retained === undefined) return { zh: '留存的材料不全', en: 'the stored signature is incomplete' };
  try {
    const { mandate, payload } = await openMandate(artefact, (keyid) =>
      keys.find((key) => key.keyid === keyid),
    );
    const { statement } = retained;
    const digest = createHash('sha256').update(view.text).digest('hex');
    if (statement.document !== `${view.id}@${view.version}` || statement.digest !== digest)
      return { zh: '签的是别的文件', en: 'it covers another document' };
    const datasets = datasetsIn(view.text);
    if (!covers(mandate, { role, department, datasets }))
      return {
        zh: '授权书不包括这份文件或这一方',
        en: 'the mandate does not cover this document or this side',
      };
    return faultOfPasskey(retained, mandate, payload);
  } catch (error) {
    if (error instanceof Problem) return error.text;
    throw error;
  }
}

/** The datasets that an agreement grants; none for a restriction. */
function datasetsIn(text: string): readonly string[] | undefined {
  const { grants } = JSON.parse(text) as { readonly grants?: readonly { readonly dataset: string }[] };
  return grants?.map(({ dataset }) => dataset);
}

/** @throws VerbFailure (exit 4), the file system's error */
function viewIn(file: string): PolicyDocumentView {
  try {
    const view = JSON.parse(readBoundedText(file, 4_194_304)) as Partial<PolicyDocumentView>;
    if (Array.isArray(view.signatures) && typeof view.text === 'string') return view as PolicyDocumentView;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new VerbFailure(exitCode.local, {
    zh: `${file} 不是 datong review approve 编号 --json 的输出`,
    en: `${file} is not what datong review approve ID --json wrote`,
  });
}
