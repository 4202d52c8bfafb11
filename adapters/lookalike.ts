/**
 * Detects the actual format of a file that could not be read as declared. It is added to the error where the first bytes leave no doubt.
 */
import { copied } from './reading/text/copied.ts';
import { Problem } from '../terms/problem.ts';
import { fill, type Bilingual } from '../terms/bilingual.ts';
import type { Bytes } from './reading/reader.ts';
import { encodingLabels, encodingOf } from './reading/text/encodings.ts';
import { guessedEncoding } from './reading/text/guessEncoding.ts';
import { byteOrderMark, wideWithoutMark } from './reading/text/sniffEncoding.ts';
import { detectFormat } from './suggest/detectFormat.ts';

/** The declared way to read a file. */
interface Declared {
  readonly format: string;
  readonly options: unknown;
}

const sampleBytes = 65_536;

/** Errors that a wrong format or encoding may cause. */
const mayBeAnother = /^(?:file|format|xlsx|dbf|json|xml|hl7|copybook|mapping_column)_/;

/** Formats that their first bytes prove; a text in columns is distinguished only from these. */
const proven: ReadonlySet<string> = new Set(['xlsx', 'dbf', 'xml', 'json', 'hl7']);

/** Text formats in which a wrong encoding does not affect lines, separators and marks. */
const ofText: ReadonlySet<string> = new Set(['csv', 'fixed', 'copybook', 'json', 'hl7', 'xml']);

/** Formats whose readers follow a byte order mark regardless of the declaration. */
const markDecides: ReadonlySet<string> = new Set(['csv', 'fixed']);

/**
 * Runs `read` on the bytes. A Problem about the whole file receives a finding that names the likely format. A text that is proven to be
 * UTF-8 but declared otherwise is rejected, even if its headings are the same in both. Each of its rows would be bad, or wrong without a
 * sign.
 * @param bytes chunks that are read once, here
 */
export async function* withLikelyFormat<T>(
  bytes: Bytes,
  declared: Declared,
  read: (bytes: Bytes) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const start: Uint8Array[] = [];
  let length = 0;
  async function* remembered(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      if (length < sampleBytes) start.push(copied(chunk.subarray(0, sampleBytes - length)));
      length += chunk.length;
      yield chunk;
    }
  }
  try {
    yield* read(remembered());
    refuseOtherText(Buffer.concat(start), declared);
  } catch (error) {
    throw error instanceof Problem ? withLook(error, Buffer.concat(start), declared) : error;
  }
}

/** @throws Problem file_encoding_wrong with the place of the first byte that is not ASCII */
function refuseOtherText(start: Uint8Array, { format, options }: Declared): void {
  const { encoding } = (options ?? {}) as { readonly encoding?: unknown };
  if (!ofText.has(format) || typeof encoding !== 'string' || !encodingLabels.includes(encoding)) return;
  if (encodingOf(encoding) === 'utf-8' || encodingIn(start) !== 'utf-8') return;
  if (markDecides.has(format) && byteOrderMark(start) !== undefined) return;
  const byte = start.findIndex((one) => one > 0x7f);
  const line = start.subarray(0, byte).filter((one) => one === 0x0a).length + 1;
  throw new Problem('file_encoding_wrong', { line, byte, encoding });
}

function withLook(problem: Problem, start: Uint8Array, declared: Declared): Problem {
  const message = mayBeAnother.test(problem.code) ? lookOf(start, declared) : undefined;
  if (message === undefined) return problem;
  const { code, facts, extras } = problem;
  const findings = [...(extras.findings ?? []), { code: 'looks_like', message }];
  return new Problem(code, facts, { ...extras, findings, cause: problem.cause });
}

function lookOf(start: Uint8Array, { format, options }: Declared): Bilingual | undefined {
  const isOldWorkbook = start.length > 8 && Buffer.from(start).readUInt32BE(0) === 0xd0cf11e0;
  if (isOldWorkbook)
    return {
      zh: '这是旧版 .xls 或受保护的文件：另存为 .xlsx 或 CSV',
      en: 'this is an old .xls or a protected file: save it as .xlsx or CSV',
    };
  const guess = detectFormat(start);
  const isOther = guess.value !== format && guess.confidence >= 0.95;
  if (isOther && (proven.has(guess.value) || proven.has(format)))
    return fill(
      {
        zh: '这是 {is} 文件，不是 {format}：导出为 {format}，或改用按 {is} 读取的映射',
        en: 'this is {is}, not {format}: export it as {format}, or use a mapping that reads {is}',
      },
      { is: guess.value, format },
    );
  return proven.has(format) && format !== 'hl7' && format !== 'dbf'
    ? undefined
    : encodingLook(start, options);
}

function encodingLook(start: Uint8Array, options: unknown): Bilingual | undefined {
  const declared = (options as { readonly encoding?: unknown } | undefined)?.encoding;
  if (typeof declared !== 'string' || !encodingLabels.includes(declared)) return undefined;
  const is = encodingIn(start);
  if (is === undefined || is === encodingOf(declared)) return undefined;
  return fill(
    {
      zh: '文件看起来是 {is} 编码：在选项或映射中写 encoding: {label}，或另存为 {declared}',
      en: 'it looks like {is}: say encoding: {label} in the options or the mapping, or save it as {declared}',
    },
    { is: is.toUpperCase(), label: is, declared },
  );
}

/** Undefined where the first bytes do not prove one. */
function encodingIn(start: Uint8Array): string | undefined {
  const named = byteOrderMark(start)?.encoding ?? wideWithoutMark(start.subarray(0, 4_096));
  if (named !== undefined) return named;
  // up to the end of a line: the last character may be truncated
  const end = start.length < sampleBytes ? start.length : start.lastIndexOf(0x0a);
  const whole = start.subarray(0, end);
  if (!whole.some((byte) => byte > 0x7f)) return undefined;
  const { encoding, proven: isProven } = guessedEncoding(whole);
  return isProven ? encoding : undefined;
}
