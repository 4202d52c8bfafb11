/** `attachments` of hub.json: where the bytes of attachments are stored. */
import { authorityOf, invalid, textOf } from './configFiles.ts';
import type { AttachmentConfig, S3Place } from './hubConfig.ts';

export interface Attachments {
  readonly storage?: AttachmentConfig['storage'];
  readonly maxUnnamedBytes: number;
  readonly s3?: Omit<S3Place, 'ca' | 'secretAccessKey'> & { secretKeyFile: string; caFile?: string };
}

/** The key of the store is in a separate file. */
export function withStore(
  { storage, s3, maxUnnamedBytes }: Attachments,
  base: string,
  file: string,
): AttachmentConfig {
  if (s3 === undefined) {
    if (storage === 's3')
      throw invalid(file, 'attachments.storage', {
        zh: '须与 attachments.s3 一同给出',
        en: 's3 needs attachments.s3',
      });
    return { storage: 'database', maxUnnamedBytes };
  }
  const { secretKeyFile, caFile, ...place } = s3;
  if (caFile !== undefined && place.endpoint.startsWith('http:'))
    throw invalid(file, 'attachments.s3.caFile', {
      zh: 'endpoint 为 http 时不起作用',
      en: 'it has no effect where endpoint is http',
    });
  const secretAccessKey = textOf(secretKeyFile, base, file, 'attachments.s3.secretKeyFile').trim();
  if (secretAccessKey === '')
    throw invalid(file, 'attachments.s3.secretKeyFile', { zh: '文件为空', en: 'the file is empty' });
  const ca = caFile === undefined ? {} : { ca: authorityOf(caFile, base, file, 'attachments.s3.caFile') };
  return { storage: storage ?? 's3', maxUnnamedBytes, s3: { ...place, ...ca, secretAccessKey } };
}
