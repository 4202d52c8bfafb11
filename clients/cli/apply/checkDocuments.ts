/**
 * Checks documents before any of them is sent: their shape, the hub's trial of a schema or an agreement, and whether the objects they refer
 * to exist there or in the same files. So a file is sent whole or not at all, and half a file never uses up a name.
 */
import { createHash } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { compileMapping, compileNewMapping } from '../../../adapters/mapping/compile.ts';
import { documentsSchema } from '../../../machine/documentsSchema.ts';
import { shippedSurroundings } from '../../../machine/surroundings.ts';
import { canonicalText } from '../../../schemas/readJson.ts';
import { lintSchema } from '../../../schemas/lint/lintSchema.ts';
import { messageFor } from '../../../schemas/messages.ts';
import { readSchema } from '../../../schemas/parse.ts';
import type { JsonSchema } from '../../../schemas/datasetSchema.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { lazily } from '../../../terms/lazily.ts';
import { Problem } from '../../../terms/problem.ts';
import { pathSegment } from '../values.ts';
import type { AppliedDocument } from './readDocuments.ts';
import type { StaffRequest } from './requestOf.ts';
import type { StaffClient } from './staffCall.ts';
import { localRefusal, refusalOf, type Refusal } from './refusal.ts';
import { defined } from '../../../terms/defined.ts';

/** A document with the request that would send it. */
export interface Prepared {
  readonly document: AppliedDocument;
  readonly request: StaffRequest;
}

/** Finding of a check about one document. */
export interface Checked {
  /** absent: nothing speaks against it */
  readonly refusal?: Refusal & {
    /** found by a trial at the hub: the refusal of the document itself has more detail */
    readonly isTried?: boolean;
  };
  /** it is at the hub as it is */
  readonly unchanged?: boolean;
  /** departments that have to sign it */
  readonly signs?: readonly string[];
  /** how many fields it shows to more, or in a clearer form, than today */
  readonly loosens?: number;
  /** the security officer has to agree */
  readonly officer?: boolean;
  /** of a mapping: the caller's registration is final, or the department decides about it */
  readonly decides?: 'caller' | 'department';
}

type Members = Readonly<Record<string, unknown>>;

/** @param all every document of the run, in their order: one may refer to another that is not at the hub yet */
export async function checkDocument(
  { document, request }: Prepared,
  all: readonly Prepared[],
  client: StaffClient,
): Promise<Checked> {
  switch (document.kind) {
    case 'Schema':
      return checkSchema(request, all, client);
    case 'Dataset':
      return checkDataset({ document, request }, all, client);
    case 'Mapping':
      return checkMapping(document, request, all, client);
    case 'Agreement':
    case 'Restriction':
      return checkPolicy(request, all, client);
    default:
      return shapeOfDocument(document) ?? {};
  }
}

const shape = lazily(() =>
  new Ajv2020({ strict: false, allErrors: true, validateFormats: false, logger: false }).compile(
    JSON.parse(documentsSchema()) as object,
  ),
);

/** Errors of a document whose members the hub would refuse, with their places; undefined where its shape is right. */
function shapeOfDocument({ kind, members }: AppliedDocument): Checked | undefined {
  const check = shape();
  if (check({ kind, ...members })) return undefined;
  const findings = (check.errors ?? [])
    .filter(({ keyword }) => keyword !== 'if')
    .slice(0, 20)
    .map(({ instancePath, keyword, params }) => ({
      pointer: `/body${instancePath}`,
      rule: keyword,
      message: wordsOf(keyword, params),
    }));
  return refused(
    localRefusal(new Problem('invalid_request', {}, { at: findings[0]?.pointer ?? '/body', findings })),
  );
}

function wordsOf(keyword: string, params: Readonly<Record<string, unknown>>): Bilingual {
  const { missingProperty: missing, additionalProperty: unknown, limit, allowedValues } = params;
  if (typeof missing === 'string') return { zh: `缺少 ${missing}`, en: `${missing} is missing` };
  if (typeof unknown === 'string') return { zh: `不认识的成员 ${unknown}`, en: `unknown member ${unknown}` };
  if (Array.isArray(allowedValues)) {
    const allowed = allowedValues.join(', ');
    return { zh: `只能是 ${allowed}`, en: `must be one of ${allowed}` };
  }
  return messageFor(keyword, typeof limit === 'number' ? { limit } : {});
}

/** Names that other documents of the run bring. */
const brought = (all: readonly Prepared[], kind: string): ReadonlySet<string> =>
  new Set(all.filter(({ document }) => document.kind === kind).map(({ request }) => request.name));

const refused = (refusal: NonNullable<Checked['refusal']>): Checked => ({ refusal });

/** Codes that only the hub can decide once another document of the run is registered. */
const referring = /^(?:ref_|code_)/;

async function checkSchema(
  { name, body }: StaffRequest,
  all: readonly Prepared[],
  client: StaffClient,
): Promise<Checked> {
  const { document, compatibility, waiver, draft } = body as Members;
  const known = await client.get(`/v1/schemas/${pathSegment(name)}`);
  if (known.status === 200 && canonicalText(known.body['document']) === canonicalText(document))
    return { unchanged: true };
  const refers = brought(all, 'Schema').size > 1 || brought(all, 'CodeList').size > 0;
  const findings = lintSchema(document, shippedSurroundings).filter(({ code }) => !referring.test(code));
  if (findings.length > 0) return { refusal: { code: 'schema_invalid', findings } };
  if (refers || waiver !== undefined || draft === true) return {};
  const tried = await client.post('/v1/schemas/trials', {
    document,
    ...defined({ compatibility }),
  });
  if (tried.status === 403) return {};
  if (tried.status >= 400) return refused(refusalOf(tried));
  const {
    ok,
    code,
    findings: found,
    needsOfficer,
  } = tried.body as {
    readonly ok: boolean;
    readonly code?: string;
    readonly findings: readonly unknown[];
    readonly needsOfficer: boolean;
  };
  if (!ok) return { refusal: { code: code ?? 'schema_invalid', findings: found, isTried: true } };
  if (known.status === 200)
    return refused(localRefusal(new Problem('version_exists', { what: `Schema ${name}` })));
  return { officer: needsOfficer };
}

async function checkDataset(
  { document, request: { name, body } }: Prepared,
  all: readonly Prepared[],
  client: StaffClient,
): Promise<Checked> {
  const wrong = shapeOfDocument(document);
  if (wrong !== undefined) return wrong;
  const { schema, sharing } = body as { readonly schema?: unknown; readonly sharing?: Members };
  if ((await client.get(`/v1/datasets/${pathSegment(name)}`)).status === 200) return {};
  const { type, conditions } = sharing ?? {};
  const hasConditions = typeof conditions === 'string' && conditions.trim() !== '';
  if (typeof type === 'string' && (type === 'conditional') !== hasConditions)
    return refused(
      localRefusal(new Problem('sharing_conditions', { type: type as never }), '/body/sharing/conditions'),
    );
  const [department = ''] = name.split('.');
  if (!brought(all, 'Department').has(department) && !(await isDepartment(department, client)))
    return refused(localRefusal(new Problem('department_unknown', { department }), '/body/id'));
  const roles = await rolesOf(client);
  const office = () => isDataOffice(department, client);
  if (roles !== undefined && !(await mayRegister(roles, department, office)))
    return refused(localRefusal(new Problem('not_your_department', { department }), '/body/id'));
  if (typeof schema !== 'string' || brought(all, 'Schema').has(schema)) return {};
  const found = await client.get(`/v1/schemas/${pathSegment(schema)}`);
  return found.status === 404
    ? refused(
        localRefusal(new Problem('unknown_reference', { kind: 'Schema', name: schema }), '/body/schema'),
      )
    : {};
}

interface ListedDepartment {
  readonly code: string;
  readonly dataOffice: boolean;
}

/** Whether the hub has a department. True where the caller may not list them: then the hub decides. */
const isDepartment = async (code: string, client: StaffClient): Promise<boolean> =>
  (await departmentNamed(code, client)) !== undefined;

/** Whether a department is the data office. True where the caller may not list them: then the hub decides. */
async function isDataOffice(code: string, client: StaffClient): Promise<boolean> {
  const found = await departmentNamed(code, client);
  return found === 'unlisted' || found?.dataOffice === true;
}

/** @returns `unlisted` where the caller may not list them; undefined where the hub has no such department */
async function departmentNamed(
  code: string,
  client: StaffClient,
): Promise<ListedDepartment | 'unlisted' | undefined> {
  for (let cursor = ''; ;) {
    const page = await client.get(
      `/v1/departments?limit=100${cursor === '' ? '' : `&cursor=${pathSegment(cursor)}`}`,
    );
    if (page.status !== 200) return 'unlisted';
    const { departments, nextCursor } = page.body as {
      readonly departments: readonly ListedDepartment[];
      readonly nextCursor?: string;
    };
    const found = departments.find((one) => one.code === code);
    if (found !== undefined || nextCursor === undefined) return found;
    cursor = nextCursor;
  }
}

/** Compiled where the schema is in the same files; else the hub compiles it. */
async function checkMapping(
  document: AppliedDocument,
  { name, body }: StaffRequest,
  all: readonly Prepared[],
  client: StaffClient,
): Promise<Checked> {
  const { dataset } = document.members;
  const refusal = mappingRefusal(dataset, body, all, compileMapping);
  if (refusal !== undefined) return refused(refusal);
  if (typeof dataset !== 'string') return {};
  const text = (body as Members)['document'];
  if (await isRegistered(dataset, name, text, client)) return { unchanged: true };
  const refusalOfNew = mappingRefusal(dataset, body, all, compileNewMapping);
  if (refusalOfNew !== undefined) return refused(refusalOfNew);
  const roles = await rolesOf(client);
  if (roles === undefined) return {};
  const [owner] = dataset.split('.');
  const isOwn = roles.some(({ role, department }) => role === 'steward' && department === owner);
  return { decides: isOwn ? 'caller' : 'department' };
}

/** Roles of the caller; undefined where the hub does not name them: then the hub decides. */
async function rolesOf(client: StaffClient): Promise<readonly Members[] | undefined> {
  const session = await client.get('/v1/sessions/current');
  return session.status === 200 ? (session.body as { readonly roles: readonly Members[] }).roles : undefined;
}

/**
 * Whether one of the roles may register a dataset of the department. A steward of the data office, whose role names no department, registers
 * those of the department that is the data office, and no others.
 */
async function mayRegister(
  roles: readonly Members[],
  of: string,
  isOffice: () => Promise<boolean>,
): Promise<boolean> {
  if (roles.some(({ role, department }) => role === 'operator' || (role === 'steward' && department === of)))
    return true;
  return roles.some(({ role, department }) => role === 'steward' && department === undefined) && isOffice();
}

function mappingRefusal(
  dataset: unknown,
  body: object,
  all: readonly Prepared[],
  compile: typeof compileMapping,
): Refusal | undefined {
  const bound = all.find(({ document, request }) => document.kind === 'Dataset' && request.name === dataset);
  const urn = bound === undefined ? undefined : (bound.request.body as Members)['schema'];
  const schema = all.find((one) => one.document.kind === 'Schema' && one.request.name === urn);
  const { document: text } = (schema?.request.body ?? {}) as { readonly document?: JsonSchema };
  if (text === undefined || brought(all, 'CodeList').size > 0) return undefined;
  try {
    compile(
      (body as Members)['document'],
      readSchema(text, shippedSurroundings.resolve),
      shippedSurroundings.codeLists,
    );
  } catch (error) {
    if (error instanceof Problem && error.code === 'mapping_invalid') return localRefusal(error);
  }
  return undefined;
}

/** Whether the hub has this very version of a mapping. @param mapping `market/food-permit@1` */
async function isRegistered(
  dataset: string,
  mapping: string,
  document: unknown,
  client: StaffClient,
): Promise<boolean> {
  const found = await client.get(`/v1/datasets/${pathSegment(dataset)}`);
  if (found.status !== 200) return false;
  const { mappings } = found.body as { readonly mappings: readonly Members[] };
  const digest = createHash('sha256').update(canonicalText(document)).digest('hex');
  return mappings.some(
    (one) => `${String(one['name'])}@${String(one['version'])}` === mapping && one['digest'] === digest,
  );
}

/** Compiled by the hub with everything that is in force, as its submission and its approval do. */
async function checkPolicy(
  { body }: StaffRequest,
  all: readonly Prepared[],
  client: StaffClient,
): Promise<Checked> {
  const { document } = body as { readonly document: Members };
  const { id, version, kind } = document;
  const known = await client.get(
    `/v1/policy/documents/${pathSegment(String(id))}/versions/${pathSegment(String(version))}`,
  );
  if (known.status === 200) return {};
  const text = JSON.stringify(document);
  const ahead = ['Dataset', 'Purpose', 'Schema', 'Matter', 'CodeList', 'Department'];
  if (ahead.some((one) => [...brought(all, one)].some((name) => text.includes(JSON.stringify(name)))))
    return {};
  const tried = await client.post('/v1/policy/trials', { document });
  if (tried.status === 403) return {};
  if (tried.status >= 400) return refused(refusalOf(tried));
  const { loosens, tightening } = tried.body as {
    readonly loosens: readonly { readonly dataset: string; readonly cell: string }[];
    readonly tightening: boolean;
  };
  // a field is listed once for each purpose and consumer, and conditions such as `(rows)` are listed too
  const fields = loosens.filter(({ cell }) => !cell.startsWith('('));
  const opened = new Set(fields.map(({ dataset, cell }) => `${dataset} ${cell}`));
  return { loosens: opened.size, ...(tightening ? {} : { signs: signersOf(document, kind) }) };
}

function signersOf({ provider, consumer }: Members, kind: unknown): string[] {
  if (kind !== 'Agreement') return [];
  const asking = typeof consumer === 'string' ? consumer : (consumer as Members | undefined)?.['department'];
  return [provider, asking].filter((one): one is string => typeof one === 'string');
}
