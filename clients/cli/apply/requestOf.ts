/** Each kind of document as a call of the staff listener. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { signJws } from '../../../certs/jws.ts';
import type { SigningKey } from '../../../certs/signatures/index.ts';
import { parsePolicyDocument } from '../../../policies/documents/parseDocument.ts';
import type { PolicyDocument } from '../../../policies/documents/storedDocument.ts';
import { sharedSchema } from '../../../machine/shippedSchemas.ts';
import type { SignatureFile } from '../sign/signatureFile.ts';
import { readJsonFile } from '../schema/schemaFiles.ts';
import { exitCode, VerbFailure, say } from '../verb.ts';
import type { AppliedDocument, Kind } from './readDocuments.ts';
import { readCodeListCsv } from '../../../schemas/codelists/readCodeListCsv.ts';
import { counted } from '../../../terms/counted.ts';

/** Maximum number of faulty lines that are listed. */
const maxReported = 20;

/**
 * The members of a CodeList as the hub accepts them: `file` (next to this document; UTF-8 or GB18030) becomes `entries`. Codes that the
 * file marks as revoked were in force up to `revokedTo`. Without that day they are refused, as are duplicate codes and rows without a name.
 * @throws VerbFailure (exit 4) with the lines; the file system's error for a missing file
 */
function codeListMembers({ members, file, line }: AppliedDocument): Readonly<Record<string, unknown>> {
  const { file: named, revokedTo, ...rest } = members;
  if (named === undefined && revokedTo === undefined) return members;
  if (typeof named !== 'string' || Object.hasOwn(rest, 'entries'))
    throw new VerbFailure(exitCode.local, {
      zh: `${file}:${line} 的 CodeList 需要 file 或 entries 之一；revokedTo 只与 file 同用`,
      en: `${file}:${line}: a CodeList has either file or entries; revokedTo is only used with file`,
    });
  const path = resolve(dirname(file), named);
  const { list, findings } = readCodeListCsv(readFileSync(path), {
    id: '',
    version: '',
    title: { zh: '', en: '' },
    ...(typeof revokedTo === 'string' ? { revokedTo } : {}),
  });
  const refused = findings.filter(({ code }) => code !== 'code_revoked' || typeof revokedTo !== 'string');
  if (refused.length > 0 || list.entries.length === 0)
    throw new VerbFailure(
      exitCode.local,
      {
        zh: `${named} 不能作为代码表：${refused.length} 处有误`,
        en: `${named} cannot be taken as a code list: ${counted(refused.length, 'finding')}`,
      },
      {
        zh: '请改正这些行；已撤销的代码需写明 revokedTo（最后有效日）',
        en: 'correct these lines; revoked codes need revokedTo, the last day on which they were in force',
      },
      refused
        .slice(0, maxReported)
        .map((one) => `${named}:${one.line}: ${one.value} ${say(one.message)}`.replace('  ', ' ')),
    );
  return { ...rest, entries: list.entries };
}

/** A department that signs agreements here. */
export interface Signer {
  readonly department: string;
  readonly key: SigningKey;
}

export interface StaffRequest {
  /** how the document is called in the line that is printed */
  readonly name: string;
  readonly path: string;
  readonly body: object;
}

type Members = AppliedDocument['members'];

/** Kinds whose members are the body of the call: its path, and the member that names the document. */
const plainKinds = {
  Purpose: { path: '/v1/purposes', name: 'code' },
  Notice: { path: '/v1/notices', name: 'reference' },
  Procedure: { path: '/v1/procedures', name: 'id' },
  Dataset: { path: '/v1/datasets', name: 'id' },
  Topic: { path: '/v1/topics', name: 'id' },
  ResponsePlan: { path: '/v1/response-plans', name: 'id' },
  CatalogueEntry: { path: '/v1/catalogue', name: 'id' },
  ElementSource: { path: '/v1/element-sources', name: 'element' },
  Matter: { path: '/v1/matters', name: 'code' },
  RequestTemplate: { path: '/v1/request-templates', name: 'code' },
} as const satisfies Readonly<Partial<Record<Kind, { readonly path: string; readonly name: string }>>>;

const isPlainKind = (kind: Kind): kind is keyof typeof plainKinds => Object.hasOwn(plainKinds, kind);

/**
 * @param signatures made elsewhere, by `datong policy sign`
 * @throws VerbFailure, Problem (schema, policy) for errors that show without the hub
 */
export function requestOf(
  document: AppliedDocument,
  signers: readonly Signer[],
  signatures: readonly SignatureFile[] = [],
): StaffRequest {
  const { kind, members } = document;
  if (isPlainKind(kind)) {
    const { path, name } = plainKinds[kind];
    return { name: nameIn(members, name), path, body: members };
  }
  switch (kind) {
    case 'Department':
      return { name: nameIn(members, 'code'), path: '/v1/departments', body: departmentOf(members) };
    case 'CodeList':
      return { name: nameIn(members, 'id'), path: '/v1/code-lists', body: codeListMembers(document) };
    case 'Approval':
      return approvalRequest(document);
    case 'Schema':
      return schemaRequest(document);
    case 'Mapping':
      return mappingRequest(members);
    case 'LiveService':
      return liveServiceRequest(members);
    case 'Pull':
      return pullRequest(document);
    case 'AutomaticAgreement':
      return {
        name: `${nameIn(members, 'consumer')} ← ${nameIn(members, 'dataset')}`,
        path: '/v1/policy/documents',
        body: { automatic: members },
      };
    case 'Agreement':
    case 'Restriction':
      return policyRequest({ kind, ...members }, document.file, signers, signatures);
  }
}

function nameIn(members: Members, member: string): string {
  const value = Object.hasOwn(members, member) ? members[member] : undefined;
  return typeof value === 'string' ? value : '?';
}

/** `kind` names the kind of document, so a department's own kind is called `type` in files. */
function departmentOf({ type, ...members }: Members): object {
  return { ...members, kind: type };
}

/** The approval of an upper platform. `paper:` is its file next to this one; the file's digest is added to the agreement. */
function approvalRequest({ members, file }: AppliedDocument): StaffRequest {
  const { number, resource, paper, dataset, fields, from, until, agreement } = members;
  const read = readFileSync(resolve(dirname(file), typeof paper === 'string' ? paper : ''));
  const sha256 = createHash('sha256').update(read).digest('hex');
  const document = {
    kind: 'Agreement',
    ...Object(agreement),
    approval: { number, resource, sha256 },
  } as object;
  return {
    name: nameIn(members, 'number'),
    path: '/v1/requests/imports',
    body: { dataset, fields, from, until, document },
  };
}

/** `shared: household@1` names a schema that ships with the hub, `file:` one next to this file. */
function schemaRequest({ members, file, line }: AppliedDocument): StaffRequest {
  const { shared, document, file: other, ...rest } = members;
  const schema =
    typeof shared === 'string'
      ? sharedSchema(shared).document
      : typeof other === 'string'
        ? readJsonFile(resolve(dirname(file), other))
        : document;
  if (typeof schema !== 'object' || schema === null) {
    throw new VerbFailure(exitCode.local, {
      zh: `${file}:${line} 的 Schema 需要 shared、file 或 document`,
      en: `${file}:${line}: a Schema has shared, file or document`,
    });
  }
  return {
    name: nameIn(schema as Members, '$id'),
    path: '/v1/schemas',
    body: { document: schema, ...rest },
  };
}

function mappingRequest(members: Members): StaffRequest {
  const dataset = nameIn(members, 'dataset');
  const document = members['document'];
  return {
    name: typeof document === 'object' && document !== null ? nameIn(document as Members, 'mapping') : '?',
    path: `/v1/datasets/${encodeURIComponent(dataset)}/mappings`,
    body: { document },
  };
}

function liveServiceRequest({ dataset, ...document }: Members): StaffRequest {
  const id = typeof dataset === 'string' ? dataset : '?';
  return { name: id, path: `/v1/datasets/${encodeURIComponent(id)}/service`, body: { document } };
}

/** `passwordFrom:` names the environment variable with the password, so that no file contains it. */
function pullRequest({ members, file, line }: AppliedDocument): StaffRequest {
  const { dataset, passwordFrom, ...document } = members;
  const id = typeof dataset === 'string' ? dataset : '?';
  const password = typeof passwordFrom === 'string' ? (process.env[passwordFrom] ?? '') : '';
  if (password === '')
    throw new VerbFailure(exitCode.local, {
      zh: `${file}:${line} 的 passwordFrom 应为存有密码的环境变量名`,
      en: `${file}:${line}: passwordFrom names the environment variable that holds the password`,
    });
  return { name: id, path: `/v1/datasets/${encodeURIComponent(id)}/pull`, body: { document, password } };
}

/** Signs the canonical text for every party whose key is available. */
function policyRequest(
  value: object,
  file: string,
  signers: readonly Signer[],
  signatures: readonly SignatureFile[],
): StaffRequest {
  const document = parsePolicyDocument(value, file);
  const name = `${document.id}@${document.version}`;
  return {
    name,
    path: '/v1/policy/documents',
    body: {
      document: JSON.parse(document.canonical) as object,
      signatures: [
        ...signatures.filter((one) => covers(one, document)).map(({ role, jws }) => ({ role, jws })),
        ...signers.flatMap(({ department, key }) =>
          signingRoles(document, department).map((role) => ({
            role,
            jws: signJws(document.canonical, key, { typ: 'datong-policy+jws' }),
          })),
        ),
      ],
    },
  };
}

/** @throws VerbFailure (exit 1) for a signature under another text of this very version */
function covers(signature: SignatureFile, { id, version, digest }: PolicyDocument): boolean {
  if (signature.document !== `${id}@${version}`) return false;
  if (signature.digest === digest) return true;
  throw new VerbFailure(
    exitCode.refused,
    {
      zh: `${signature.department} 签的是 ${signature.document} 的另一份文本（摘要 ${signature.digest}，这里是 ${digest}）`,
      en: `${signature.department} signed another text of ${signature.document} (digest ${signature.digest}; here it is ${digest})`,
    },
    { zh: '请用同一文件重新签署', en: 'have the department sign this file' },
  );
}

/** The role in which a department signs a document; undefined where it is no party. */
export function signingRoles(document: PolicyDocument, department: string): SignatureFile['role'][] {
  if (document.kind === 'Restriction') return ['data-office'];
  const consumer = typeof document.consumer === 'string' ? document.consumer : document.consumer.department;
  return [
    ...(department === document.provider ? (['provider'] as const) : []),
    ...(department === consumer ? (['consumer'] as const) : []),
  ];
}
