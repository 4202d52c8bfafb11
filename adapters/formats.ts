/** Every format that can be read, by name. */
import type { Bilingual } from '../terms/bilingual.ts';
import { Problem } from '../terms/problem.ts';
import { copybook } from './copybook/copybook.ts';
import { csv } from './csv/csv.ts';
import { dbf } from './dbf/dbf.ts';
import { fixed } from './fixed/fixed.ts';
import { checkedOptions } from './reading/optionsCheck.ts';
import { hl7 } from './hl7/hl7.ts';
import { json } from './json/json.ts';
import { xlsx } from './xlsx/xlsx.ts';
import { xml } from './xml/xml.ts';
import type { CompanionFiles, Bytes, Format, RecordBatch } from './reading/reader.ts';

export const formats: readonly Format[] = [csv, fixed, copybook, dbf, xml, xlsx, hl7, json];

/** @throws Problem format_unknown */
export function formatNamed(name: string): Format {
  const found = formats.find((format) => format.name === name);
  if (found === undefined) {
    throw new Problem('format_unknown', {
      format: name.slice(0, 40),
      known: formats.map((f) => f.name).join(', '),
    });
  }
  return found;
}

/**
 * Refuses options that the others leave without effect. For options that a person gives now: stored ones may be of an earlier release.
 * @throws Problem adapter_options_invalid with findings
 */
export function refuseUnusedOptions(format: Format, options: unknown): void {
  const findings = unusedOptions(format, checkedOptions(format, options)).map(({ path, message }) => ({
    code: 'option_unused',
    path,
    message,
  }));
  if (findings.length > 0)
    throw new Problem('adapter_options_invalid', { format: format.name }, { findings });
}

/** @param options validated, defaults filled in */
export const unusedOptions = (
  format: Format,
  options: unknown,
): readonly { readonly path: string; readonly message: Bilingual }[] =>
  (format.unused?.(options) ?? []).map(({ path, why: { zh, en } }) => ({
    path,
    message: { zh: `此处不起作用：${zh}`, en: `it has no effect here: ${en}` },
  }));

/** Reads a file as records. @throws Problem adapter_options_invalid, or the errors of the format's reader */
export function readRecords(
  format: Format,
  bytes: Bytes,
  options: unknown,
  companions?: CompanionFiles,
): AsyncIterable<RecordBatch> {
  return format.read(bytes, checkedOptions(format, options), companions);
}
