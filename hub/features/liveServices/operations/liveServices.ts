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
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { liveDataset } from '../../../flows/hostedDataset.ts';
import { liveMapping } from '../../../flows/intake/translationTarget.ts';
import { allowedService } from '../../../flows/live/service/servicePlace.ts';
import {
  liveServiceOf,
  putLiveService,
  endLiveService as end,
} from '../../../registry/store/liveServices.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import { own, seen, decided } from '../../../domain/cells.ts';
import { ofDataset } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import { allowed } from '../../../pipeline/call.ts';
import { findingsOf } from '../../../registry/store/liveFindings.ts';
import { moment } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';

const sentences: Readonly<Record<ServiceFault, Bilingual>> = {
  url: {
    zh: 'url 应为完整、规范的 https 地址，不含用户名、片段和占位符',
    en: 'url is a whole https address in its normal form, without user, fragment and places',
  },
  body: { zh: '请求正文写 json 或 xml 之一', en: 'the body is either json or xml' },
  place: {
    zh: '占位符只能在 JSON 的字符串值中，或在 XML 元素的文字中；XML 不含注释、CDATA 和 DOCTYPE',
    en: 'a placeholder is in a string of JSON, or in the text of an element of XML, which has no comment, CDATA section or DOCTYPE',
  },
  paging: {
    zh: '{{$page}} 与 pageRows 须一同使用',
    en: '{{$page}} and pageRows go together',
  },
  'xml-words': { zh: 'soapAction 和 type 只用于 xml', en: 'soapAction and type are of xml' },
};

/** Checks that `openapi.yaml` cannot express. @throws Problem live_service_invalid */
async function documentOf(
  requested: components['schemas']['LiveService'],
  fields: readonly string[],
): Promise<LiveServiceDocument> {
  const { signs = true, seconds = 5, type, ...others } = requested;
  const document = { ...others, signs, seconds, type: type ?? 'text/xml; charset=utf-8' };
  const fault =
    serviceFault(document) ?? (type !== undefined && requested.xml === undefined ? 'xml-words' : undefined);
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
  rows: '/*',
  encoding: 'utf-8',
  trim: true,
  maxDepth: 64,
  maxAttributes: 64,
  maxTextChars: 65_536,
  maxRecordChars: 65_536,
};

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text, 'utf8'));
}

const notXml = (cause?: unknown): Problem =>
  invalid({ zh: 'xml 不是格式良好的 XML', en: 'xml is not well-formed' }, cause);

const invalid = (reason: Bilingual, cause?: unknown): Problem =>
  new Problem('live_service_invalid', { reason }, cause === undefined ? {} : { cause });

/** Allowed formats of an answer over HTTP. */
const formats: readonly string[] = ['json', 'xml', 'csv'];

/**
 * Registers the provider's own service for queries to a live dataset. A second person of the department accepts.
 * @throws Problem live_service_invalid, live_service_not_allowed, dataset_unknown, dataset_hosted, mapping_unknown, mapping_unreadable
 */
export const registerLiveService = proposable('registerLiveService', {
  permission: { 'office steward': own, steward: own },
  owner: ofDataset,
  secondPerson: true,
  run: async (call, { database, registry, servicePlaces }, actingPersons) => {
    const id = datasetId(call.params.dataset);
    await registry.refresh();
    const dataset = liveDataset(registry, id);
    if (dataset.row.mode !== 'live') throw new Problem('dataset_hosted', { dataset: id });
    const { document: requested } = call.body;
    const document = await documentOf(
      requested,
      dataset.schema.fields.map(({ name }) => name),
    );
    const { compiled } = liveMapping(dataset, document.mapping);
    if (!formats.includes(compiled.format))
      throw new Problem('live_service_invalid', {
        reason: { zh: '映射须读取 JSON、XML 或 CSV', en: 'the mapping reads JSON, XML or CSV' },
      });
    allowedService(servicePlaces, providerOf(id), document.url);
    const digest = digestOf(document);
    const known = await liveServiceOf(database.app, id);
    return registered({
      kind: 'LiveService',
      id,
      digest,
      // another document replaces this one, because services move
      registered: known?.digest === digest ? digest : undefined,
      versioned: false,
      work: (transaction) =>
        putLiveService(
          transaction,
          { dataset: id, document, digest, setAt: call.now, ...actingPersons },
          call.exchange,
        ),
      change: { origin: new URL(document.url).origin, signs: document.signs },
    });
  },
});

/** Returns the service of a live dataset, and its answers that could not be used. @throws Problem live_service_unknown */
export const showLiveService = operation('showLiveService', {
  kind: 'inspect',
  permission: seen,
  owner: ofDataset,
  run: async (call, { database }) => {
    const dataset = datasetId(call.params.dataset);
    const row = await liveServiceOf(database.app, dataset);
    if (row === undefined) throw new Problem('live_service_unknown', { dataset });
    const findings = await findingsOf(database.app, dataset);
    const answer: components['schemas']['LiveServiceShown'] = {
      dataset,
      service: row.document as components['schemas']['LiveService'],
      digest: row.digest,
      author: row.author,
      approver: row.approver,
      setAt: moment(row.setAt),
      findings: findings.map(({ exchange, at, told: reported }) => ({
        exchange,
        at: moment(at),
        ...reported,
      })),
    };
    return allowed<'showLiveService'>(200, answer, { facts: { dataset, provider: providerOf(dataset) } });
  },
});

/**
 * Ends queries to the service, effective from the next query. One person may do so, because it only stops data.
 * @throws Problem live_service_unknown
 */
export const endLiveService = operation('endLiveService', {
  kind: 'management',
  permission: decided,
  owner: ofDataset,
  run: async (call, { database }) => {
    const { reason } = call.body;
    const dataset = datasetId(call.params.dataset);
    const unknown = new Problem('live_service_unknown', { dataset });
    if ((await liveServiceOf(database.app, dataset)) === undefined) throw unknown;
    return allowed<'endLiveService'>(
      200,
      { dataset, ended: true },
      {
        facts: {
          dataset,
          provider: providerOf(dataset),
          change: { kind: 'LiveService', id: dataset, act: 'end', reason },
        },
        // every process reloads its registries
        bumpsEpoch: true,
        work: async (transaction) => {
          if (!(await end(transaction, dataset, call.caller.person))) throw unknown;
        },
      },
    );
  },
});
