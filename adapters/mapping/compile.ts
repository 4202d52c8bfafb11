/** Checks a mapping document against the schema that it fills, then compiles it to one closure a field. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';
import type { Bilingual } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import type { DatasetSchema, SchemaField } from '../../schemas/datasetSchema.ts';
import { compiledOnce, ofTheProduct } from '../../schemas/compile.ts';
import type { CodeLists } from '../../schemas/codelists/codeLists.ts';
import { isPlaceSchema } from '../../schemas/places/point.ts';
import { pointerTo } from '../../schemas/jsonSchema.ts';
import { ownFormatNames } from '../../schemas/formats/index.ts';
import { documentFault } from '../reading/documentFault.ts';
import type { UseOfDoubts } from '../reading/doubt.ts';
import { formatNamed, unusedOptions } from '../formats.ts';
import { isMiswritten } from '../hl7/path.ts';
import { checkedOptions } from '../reading/optionsCheck.ts';
import type { FieldSpec, From, MappingDocument } from './document.ts';
import { mappingSchema } from './mappingSchema.ts';
import { codeListKnown } from './steps/codeStep.ts';
import { convertedFrom, type ConvertedDatum } from './steps/pointStep.ts';
import { badPatterns } from './steps/dateStep.ts';
import { unusedWords } from './unusedWords.ts';
import { defined } from '../../terms/defined.ts';

export interface MappedField {
  readonly target: SchemaField;
  readonly spec: FieldSpec;
}

/** A mapping that fits its schema. Pure data: it is bound to the columns of one file when that file is read. */
export interface CompiledMapping {
  /** name and version: `pub-security/household@1` */
  readonly mapping: string;
  readonly target: string;
  readonly format: string;
  /** reader options, checked, with defaults */
  readonly options: unknown;
  /** absent where the mapping sets no such limit */
  readonly maxBad?: number;
  readonly maxBadRatio?: number;
  readonly doubts: UseOfDoubts;
  /** in the order of the schema's fields */
  readonly fields: readonly MappedField[];
  readonly document: MappingDocument;
}

export interface MappingFinding {
  readonly code: string;
  readonly path: string;
  readonly message: Bilingual;
}

function documentShape(): ValidateFunction<MappingDocument> {
  return compiledOnce(mappingSchema, (schema) => {
    const ajv = new Ajv2020({
      ...ofTheProduct,
      allErrors: true,
      strict: true,
      strictTypes: false,
      strictRequired: false,
    });
    ajv.addVocabulary(['x-zh']);
    return ajv.compile<MappingDocument>(schema);
  });
}

/**
 * @param codeLists lists that the mapping may name
 * @throws Problem mapping_invalid with findings, format_unknown, adapter_options_invalid
 */
export function compileMapping(
  document: unknown,
  schema: DatasetSchema,
  codeLists: CodeLists,
): CompiledMapping {
  const validate = documentShape();
  if (!validate(document)) {
    throw invalid(
      (validate.errors ?? []).map((error) => {
        const { path, message } = documentFault(error);
        return finding('mapping_shape', path, message.zh, message.en);
      }),
    );
  }
  const findings = [...targetFindings(document, schema), ...fieldFindings(document, schema, codeLists)];
  if (findings.length > 0) throw invalid(findings);
  const { maxBad, maxBadRatio } = document.limits ?? {};
  return {
    mapping: document.mapping,
    target: document.target,
    format: document.source.format,
    options: checkedOptions(formatNamed(document.source.format), document.source.options),
    ...defined({ maxBad, maxBadRatio }),
    doubts: document.doubts ?? 'refuse',
    fields: schema.fields.flatMap((target) => {
      const spec = document.fields[target.name];
      return spec === undefined ? [] : [{ target, spec }];
    }),
    document,
  };
}

/**
 * A mapping that is registered or tried: each of its words, and each option of its reader, has an effect. One that is stored may be of an earlier release, which accepted
 * others, and is read by `compileMapping`.
 * @throws Problem as compileMapping; mapping_invalid with a finding for each word without an effect
 */
export function compileNewMapping(
  document: unknown,
  schema: DatasetSchema,
  codeLists: CodeLists,
): CompiledMapping {
  const compiled = compileMapping(document, schema, codeLists);
  const ofFields = unusedWords(compiled.document, schema).map(({ path, why: { zh, en } }) =>
    finding('mapping_unused', path, `此处不起作用：${zh}`, `it has no effect here: ${en}`),
  );
  const ofSource = unusedOptions(formatNamed(compiled.format), compiled.options).map(
    ({ path, message: { zh, en } }) => finding('mapping_unused', `/source/options${path}`, zh, en),
  );
  const findings = [...ofSource, ...ofFields, ...pathFindings(compiled.document)];
  if (findings.length > 0) throw invalid(findings);
  return compiled;
}

/** Paths of HL7 messages that match nothing: the field would be empty in every row. */
function pathFindings({ source, fields, skipIf = [] }: MappingDocument): MappingFinding[] {
  if (source.format !== 'hl7') return [];
  const findings: MappingFinding[] = [];
  const check = (from: From | undefined, path: string): void => {
    if (typeof from !== 'string' || !isMiswritten(from)) return;
    findings.push(
      finding(
        'mapping_path',
        path,
        `${from} 不是 HL7 的路径：写作 PID-5.1、OBX[2]-5，编号从 1 起，不带前导零`,
        `${from} is no path of an HL7 message: write PID-5.1 or OBX[2]-5, with numbers from 1 and no leading zeros`,
      ),
    );
  };
  const visit = ({ from, join = [], when = [], else: other }: FieldSpec, path: string): void => {
    check(from, `${path}/from`);
    for (const [index, one] of join.entries()) check(one, `${path}/join/${index}`);
    for (const [index, one] of when.entries()) {
      check(one.from, `${path}/when/${index}/from`);
      visit(one.use, `${path}/when/${index}/use`);
    }
    if (other !== undefined) visit(other, `${path}/else`);
  };
  for (const [name, spec] of Object.entries(fields)) visit(spec, pointerTo('/fields', name));
  for (const [index, { from }] of skipIf.entries()) check(from, `/skipIf/${index}/from`);
  return findings;
}

/** Fields whose points a mapping converts to WGS 84, and from which reference systems. */
export function conversionsOf({
  fields,
}: Pick<CompiledMapping, 'fields'>): readonly { readonly field: string; readonly from: ConvertedDatum }[] {
  const systems = ({ point, when = [], else: other }: FieldSpec): readonly ConvertedDatum[] => {
    const own = convertedFrom(point ?? {});
    const cases = [...when.map(({ use }) => use), ...(other === undefined ? [] : [other])];
    return [...(own === undefined ? [] : [own]), ...cases.flatMap(systems)];
  };
  return fields.flatMap(({ target, spec }) =>
    [...new Set(systems(spec))].map((from) => ({ field: target.name, from })),
  );
}

const invalid = (findings: readonly MappingFinding[]): Problem =>
  new Problem('mapping_invalid', {}, { findings });

const finding = (code: string, path: string, zh: string, en: string): MappingFinding => ({
  code,
  path,
  message: { zh, en },
});

function targetFindings(document: MappingDocument, schema: DatasetSchema): MappingFinding[] {
  const findings: MappingFinding[] = [];
  const shortName = `${schema.name}@${schema.major}`;
  if (document.target !== shortName && document.target !== schema.urn) {
    findings.push(
      finding('mapping_target', '/target', `目标应为 ${shortName}`, `the target should be ${shortName}`),
    );
  }
  const known = new Set(schema.fields.map((field) => field.name));
  for (const name of Object.keys(document.fields)) {
    if (!known.has(name)) {
      findings.push(
        finding(
          'mapping_field_unknown',
          pointerTo('/fields', name),
          `数据集标准没有数据项 ${name}`,
          `the schema has no field ${name}`,
        ),
      );
    }
  }
  for (const field of schema.fields) {
    if (field.required && document.fields[field.name] === undefined) {
      findings.push(
        finding(
          'mapping_field_missing',
          pointerTo('/fields', field.name),
          `必填字段 ${field.name} 没有映射`,
          `the required field ${field.name} is not mapped`,
        ),
      );
    }
  }
  return findings;
}

function fieldFindings(
  document: MappingDocument,
  { fields }: DatasetSchema,
  codeLists: CodeLists,
): MappingFinding[] {
  const findings: MappingFinding[] = [];
  const visit = (spec: FieldSpec, path: string, isPlace: boolean): void => {
    if (spec.point !== undefined && !isPlace)
      findings.push(
        finding(
          'mapping_point',
          `${path}/point`,
          '该数据项不是位置（x-geo: point）',
          'the field is no place (x-geo: point)',
        ),
      );
    for (const [index, { use }] of (spec.when ?? []).entries())
      visit(use, `${path}/when/${index}/use`, isPlace);
    if (spec.else !== undefined) visit(spec.else, `${path}/else`, isPlace);
    if (typeof spec.code === 'string' && !codeListKnown(spec.code, codeLists)) {
      findings.push(
        finding(
          'mapping_code_list',
          `${path}/code`,
          `没有代码表 ${spec.code}`,
          `the code list ${spec.code} is not known`,
        ),
      );
    }
    if (spec.check !== undefined && !ownFormatNames.includes(spec.check)) {
      findings.push(
        finding(
          'mapping_check',
          `${path}/check`,
          `没有名为 ${spec.check} 的校验`,
          `there is no check named ${spec.check}`,
        ),
      );
    }
    for (const [name, value] of [
      ['date', spec.date],
      ['datetime', spec.datetime],
    ] as const) {
      if (value === undefined) continue;
      for (const bad of badPatterns(
        typeof value === 'string' ? [value] : value,
        spec.zone,
        name === 'datetime',
      )) {
        findings.push(
          finding(
            'mapping_date_pattern',
            `${path}/${name}`,
            `日期样式“${bad}”须含年、月、日各一次；没有时区（XXX）的时间须给出 zone`,
            `the pattern "${bad}" must name year, month and day once; a time without an offset (XXX) needs zone`,
          ),
        );
      }
    }
  };
  const places = new Set(fields.filter(({ schema }) => isPlaceSchema(schema)).map(({ name }) => name));
  for (const [name, spec] of Object.entries(document.fields))
    visit(spec, pointerTo('/fields', name), places.has(name));
  return findings;
}
