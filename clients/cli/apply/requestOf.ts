/** Each kind of document as a call of the staff listener. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { signJws } from '../../../certs/jws.ts';
import type { SigningKey } from '../../../certs/signatures/index.ts';
import { parsePolicyDocument } from '../../../policies/documents/parseDocument.ts';
import type { PolicyDocument } from '../../../policies/documents/storedDocument.ts';
import { sharedSchema } from '../../../schemas/sharedSchemas.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import type { AppliedDocument, Kind } from './readDocuments.ts';

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

const paths: Readonly<Partial<Record<Kind, string>>> = {
  CodeList: '/v1/code-lists',
  Purpose: '/v1/purposes',
  Dataset: '/v1/datasets',
};

/** @throws VerbFailure, Problem (schema, policy) for what can be seen to be wrong without the hub */
export function requestOf(document: AppliedDocument, signers: readonly Signer[]): StaffRequest {
  const { kind, members } = document;
  switch (kind) {
    case 'Department':
      return { name: nameIn(members, 'code'), path: '/v1/departments', body: departmentOf(members) };
    case 'CodeList':
    case 'Purpose':
    case 'Dataset':
      return {
        name: nameIn(members, kind === 'Purpose' ? 'code' : 'id'),
        path: paths[kind] ?? '',
        body: members,
      };
    case 'Schema':
      return schemaRequest(document);
    case 'Mapping':
      return mappingRequest(members);
    case 'AutomaticAgreement':
      return {
        name: `${nameIn(members, 'consumer')} ← ${nameIn(members, 'dataset')}`,
        path: '/v1/policy/documents',
        body: { automatic: members },
      };
    case 'Agreement':
    case 'Restriction':
      return policyRequest({ kind, ...members }, document.file, signers);
  }
}

function nameIn(members: Members, member: string): string {
  const value = Object.hasOwn(members, member) ? members[member] : undefined;
  return typeof value === 'string' ? value : '?';
}

/** `kind` says what the document is, so a department's own kind is called `type` in files. */
function departmentOf({ type, ...members }: Members): object {
  return { ...members, kind: type };
}

/** `shared: household@1` names a schema that ships with the hub, `file:` one beside this file. */
function schemaRequest({ members, file, line }: AppliedDocument): StaffRequest {
  const { shared, document, file: other } = members;
  const schema =
    typeof shared === 'string'
      ? sharedSchema(shared).document
      : typeof other === 'string'
        ? (JSON.parse(readFileSync(resolve(dirname(file), other), 'utf8')) as unknown)
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
    body: { document: schema },
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

/** Signs the canonical text for every party whose key is at hand. */
function policyRequest(value: object, file: string, signers: readonly Signer[]): StaffRequest {
  const document = parsePolicyDocument(value, file);
  return {
    name: `${document.id}@${document.version}`,
    path: '/v1/policy/documents',
    body: {
      document: JSON.parse(document.canonical) as object,
      signatures: signers.flatMap(({ department, key }) =>
        rolesOf(document, department).map((role) => ({
          role,
          jws: signJws(document.canonical, key, { typ: 'datong-policy+jws' }),
        })),
      ),
    },
  };
}

function rolesOf(document: PolicyDocument, department: string): string[] {
  if (document.kind === 'Restriction') return ['data-office'];
  const consumer = typeof document.consumer === 'string' ? document.consumer : document.consumer.department;
  return [
    ...(department === document.provider ? ['provider'] : []),
    ...(department === consumer ? ['consumer'] : []),
  ];
}
