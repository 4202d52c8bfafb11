import type { components } from '../../../../api/openapi.ts';
import { readXml } from '../../../../adapters/xml/xml.ts';
import type { XmlOptions } from '../../../../adapters/xml/options.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { Problem } from '../../../../terms/problem.ts';
import {
  fieldsSent,
  serviceFault,
  type LiveServiceDocument,
  type ServiceFault,
} from '../../../domain/liveService.ts';

const sentences: Readonly<Record<ServiceFault, Bilingual>> = {
  url: {
    zh: 'url 应为完整、规范的 https 地址，不含用户名、片段和占位符',
    en: 'url is a whole https address in its normal form, without user, fragment and places',
  },
  body: { zh: '请求正文写 json 或 xml 之一', en: 'the body is either json or xml' },
  place: {
    zh: '占位符只能在 JSON 的字符串值中，或在 XML 元素的文字中；XML 不含注释、CDATA 和 DOCTYPE',
    en: 'a place stands in a string of JSON, or in the text of an element of XML, which has no comment, CDATA section or DOCTYPE',
  },
  paging: {
    zh: '{{$page}} 与 pageRows 须一同使用',
    en: '{{$page}} and pageRows go together',
  },
  'xml-words': { zh: 'soapAction 和 type 只用于 xml', en: 'soapAction and type are of xml' },
};

/** What of it `openapi.yaml` cannot say. @throws Problem live_service_invalid */
export async function documentOf(
  asked: components['schemas']['LiveService'],
  fields: readonly string[],
): Promise<LiveServiceDocument> {
  const { signs = true, seconds = 5, type, ...others } = asked;
  const document = { ...others, signs, seconds, type: type ?? 'text/xml; charset=utf-8' };
  const fault =
    serviceFault(document) ?? (type !== undefined && asked.xml === undefined ? 'xml-words' : undefined);
  if (fault !== undefined) throw invalid(sentences[fault]);
  const sent = fieldsSent(document);
  const unknown = sent.find((name) => !fields.includes(name));
  if (unknown !== undefined)
    throw invalid({ zh: `数据集标准没有数据项 ${unknown}`, en: `the schema has no field ${unknown}` });
  if (sent.length === 0)
    throw invalid({
      zh: '正文中没有占位符，接口无从知道查询的是谁',
      en: 'the body has no place for a field, so the service would not know what is asked for',
    });
  if (document.xml !== undefined) await refuseMalformed(document.xml);
  return document;
}

/** @throws Problem live_service_invalid */
async function refuseMalformed(xml: string): Promise<void> {
  try {
    for await (const batch of readXml(bytesOf(xml.replace(/^<\?[^>]*>/, '')), xmlOptions))
      if (batch.bad.length > 0) throw notXml();
  } catch (error) {
    throw error instanceof Problem && error.code !== 'live_service_invalid' ? notXml(error) : error;
  }
}

const xmlOptions: XmlOptions = {
  ...{ rows: '/*', encoding: 'utf-8', trim: true, maxDepth: 64, maxAttributes: 64 },
  ...{ maxTextChars: 65_536, maxRecordChars: 65_536 },
};

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text, 'utf8'));
}

const notXml = (cause?: unknown): Problem =>
  invalid({ zh: 'xml 不是格式良好的 XML', en: 'xml is not well-formed' }, cause);

const invalid = (reason: Bilingual, cause?: unknown): Problem =>
  new Problem('live_service_invalid', { reason }, cause === undefined ? {} : { cause });
