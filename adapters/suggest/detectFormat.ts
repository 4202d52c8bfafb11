/** The format of a file from its first bytes. */
import { separatorAgreement } from '../csv/sniffSeparator.ts';
import { byteOrderMark, wideWithoutMark } from '../reading/text/sniffEncoding.ts';
import { guess, type Guess } from './guess.ts';
import { linesOf, numbersOnly, oneLength } from './lineShapes.ts';

const sampleBytes = 65_536;

/** Detects fixed width and host files as such; their layout must come from a person. */
export function detectFormat(start: Uint8Array): Guess<string> {
  const bytes = Buffer.from(start.buffer, start.byteOffset, Math.min(start.length, sampleBytes));
  const text = decoded(bytes).trimStart();
  return archive(bytes) ?? tagged(text) ?? table(bytes) ?? hostFile(bytes) ?? lines(text, bytes);
}

function decoded(bytes: Buffer): string {
  const encoding = byteOrderMark(bytes)?.encoding ?? wideWithoutMark(bytes.subarray(0, 4096)) ?? 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

function archive(bytes: Buffer): Guess<string> | undefined {
  if (bytes.length > 8 && bytes.readUInt32BE(0) === 0xd0cf11e0)
    return guess(
      'xlsx',
      0.05,
      '是旧版 .xls 或加密文件，须另存为 .xlsx',
      'an old .xls or a protected file: save it as .xlsx',
    );
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0x504b) return undefined;
  return bytes.includes('xl/') || bytes.includes('[Content_Types].xml')
    ? guess('xlsx', 0.95, '是工作簿压缩包', 'it is the archive of a workbook')
    : guess('xlsx', 0.1, '是压缩包，但没有看到工作簿', 'it is a zip archive, but no workbook was seen in it');
}

function tagged(text: string): Guess<string> | undefined {
  if (/^\u000b?(MSH|FHS|BHS)[^\w\s]/.test(text))
    return guess('hl7', 0.97, '以 MSH 段开头', 'it begins with an MSH segment');
  if (/^<(!doctype\s+)?html/i.test(text))
    return guess('xml', 0.1, '是网页，不是数据', 'it is a web page, not data');
  if (/^<(\?xml|!--|[A-Za-z_])/.test(text))
    return guess('xml', 0.95, '以 XML 标签开头', 'it begins with an XML tag');
  if (/^(\[\s*([[{"\d\]-]|null|true|false)|\{\s*["}])/.test(text) && !/^\[[\d\s:/-]+\]/.test(text))
    return guess('json', 0.95, '以 JSON 的括号和内容开头', 'it begins as JSON does');
  return undefined;
}

const dbfVersions = new Set([0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x83, 0x8b, 0x8c, 0xf5, 0xfb]);

function table(bytes: Buffer): Guess<string> | undefined {
  if (bytes.length < 65 || !dbfVersions.has(bytes[0] ?? 0)) return undefined;
  const [month = 99, day = 99] = [bytes[2], bytes[3]];
  const sound = month <= 12 && day <= 31 && bytes.readUInt16LE(8) > 64 && bytes.readUInt16LE(10) > 1;
  if (!sound || !/[CNFLDMGIYTBVQPW@O+]/i.test(String.fromCharCode(bytes[43] ?? 0))) return undefined;
  return guess('dbf', 0.95, '文件头和第一个字段都像 DBF', 'header and first field are those of a DBF');
}

/** TAB, LF, FF, CR, and 1A as the end mark of old programs. */
const textControls: ReadonlySet<number> = new Set([9, 10, 12, 13, 0x1a]);

/** Bytes that do not occur in text: packed or binary numbers, record lengths; or letters, digits and blanks of EBCDIC. */
function hostFile(bytes: Buffer): Guess<string> | undefined {
  if (bytes.length === 0 || byteOrderMark(bytes) !== undefined || wideWithoutMark(bytes) !== undefined)
    return undefined;
  let controls = 0;
  let host = 0;
  for (const byte of bytes) {
    if (byte < 32 && !textControls.has(byte)) controls += 1;
    if (byte === 0x40 || (byte >= 0xc1 && byte <= 0xf9)) host += 1;
  }
  if (
    host > bytes.length * 0.6 &&
    bytes.filter((byte) => byte === 0x40 || byte >= 0xf0).length > bytes.length * 0.2
  )
    return guess(
      'copybook',
      0.9,
      '字节像 EBCDIC：需要记录布局',
      'its bytes look like EBCDIC: its copybook is needed',
    );
  return controls > bytes.length * 0.03
    ? guess('copybook', 0.75, '含有二进制数：需要记录布局', 'it holds binary numbers: its copybook is needed')
    : undefined;
}

function lines(text: string, bytes: Buffer): Guess<string> {
  const { width, share, separator } = separatorAgreement(text, '"');
  if (width > 1 && share >= 0.8) {
    const percent = `${Math.round(share * 100)} %`;
    return guess(
      'csv',
      share >= 0.95 ? 0.97 : 0.8,
      `${percent} 的行按 ${named(separator)} 分为 ${width} 列`,
      `${percent} of the lines have ${width} cells by ${named(separator)}`,
    );
  }
  const all = linesOf(bytes);
  if (numbersOnly(all))
    return guess('fixed', 0.05, '像格网数值，不是逐行记录', 'it looks like a grid of numbers, not like rows');
  const length = oneLength(all);
  if (length !== undefined)
    return guess('fixed', 0.9, `各行都是 ${length} 字节`, `its lines have ${length} bytes each`);
  return width > 1
    ? guess('csv', 0.5, '部分行能按分隔符分列', 'a separator splits some of the lines')
    : guess('csv', 0.1, '没有分隔符，按单列文本处理', 'no separator was found: taken as text of one column');
}

const named = (separator: string): string => (separator === '\t' ? 'tab' : `"${separator}"`);
