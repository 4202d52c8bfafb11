/** `datong policy sign FILE`: a department signs an agreement where its key is; the signature is a file for the submitter. */
import type { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { signJws } from '../../../certs/jws.ts';
import { signingKey } from '../../../certs/signatures/index.ts';
import { parsePolicyDocument } from '../../../policies/documents/parseDocument.ts';
import { readDocuments } from '../apply/readDocuments.ts';
import { signingRoles } from '../apply/requestOf.ts';
import { openProfile, withProfile, type ProfileOptions } from '../profile.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';
import type { SignatureFile } from './signatureFile.ts';

interface SignOptions extends ProfileOptions {
  readonly out?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  withProfile(
    program
      .command('sign')
      .argument('<file>', 'YAML with one Agreement or Restriction')
      .description(
        '在密钥所在处签署共享协议，写出签名文件 / sign an agreement where the key is; writes a signature file',
      ),
  )
    .option(
      '-o, --out <file>',
      'where the signature goes, - for standard output (default: AGREEMENT.VERSION.DEPARTMENT.sig.json)',
    )
    .option('--json', 'print what was signed as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  datong policy sign agreement.yaml\n  datong catalogue apply agreement.yaml --signature agr-school-enrolment.1.education.sig.json agr-school-enrolment.1.pub-security.sig.json\n',
    )
    .action(sign);
}

function sign(file: string, options: SignOptions): void {
  const { department, signingKey: secret } = openProfile(options);
  const [found, ...more] = readDocuments(file).filter(
    ({ kind }) => kind === 'Agreement' || kind === 'Restriction',
  );
  if (found === undefined || more.length > 0) {
    throw new VerbFailure(exitCode.local, {
      zh: `${file} 应恰好含有一份 Agreement 或 Restriction`,
      en: `${file} should hold exactly one Agreement or Restriction`,
    });
  }
  const document = parsePolicyDocument({ kind: found.kind, ...found.members }, file);
  const [role] = signingRoles(document, department);
  if (role === undefined) {
    throw new VerbFailure(exitCode.refused, {
      zh: `部门 ${department} 不是 ${document.id}@${document.version} 的任何一方`,
      en: `${department} is no party of ${document.id}@${document.version}`,
    });
  }
  const name = `${document.id}@${document.version}`;
  const signature: SignatureFile = {
    v: 1,
    document: name,
    digest: document.digest,
    role,
    department,
    jws: signJws(document.canonical, signingKey(secret), { typ: 'datong-policy+jws' }),
  };
  const to = options.out ?? `${document.id}.${document.version}.${department}.sig.json`;
  const content = `${JSON.stringify(signature, undefined, 2)}\n`;
  if (to === '-') data(content);
  else writeFileSync(to, content);
  if (options.json === true && to !== '-') data(JSON.stringify({ ...signature, file: to }));
  talk({
    zh: `${department} 以 ${role === 'provider' ? '提供部门' : role === 'consumer' ? '需求部门' : '主管部门'} 身份签署了 ${name}（摘要 ${document.digest}）${to === '-' ? '' : `，写入 ${to}`}`,
    en: `${department} signed ${name} as its ${role} (digest ${document.digest})${to === '-' ? '' : `, wrote ${to}`}`,
  });
}
