/** Every format that can be read, by name. */
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

/** Reads a file as records. @throws Problem adapter_options_invalid, or the errors of the format's reader */
export function readRecords(
  format: Format,
  bytes: Bytes,
  options: unknown,
  companions?: CompanionFiles,
): AsyncIterable<RecordBatch> {
  return format.read(bytes, checkedOptions(format, options), companions);
}
